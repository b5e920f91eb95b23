/** What our processes end with; `reliability.md` 7, and `EX_USAGE`, `EX_SOFTWARE`, `EX_CONFIG` of sysexits. */
export const EXIT = { done: 0, failed: 1, usage: 64, bug: 70, refused: 78 } as const
