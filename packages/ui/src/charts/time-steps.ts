const DAY = 86_400

/** Room that a label of the time axis takes, CSS px. */
export const TIME_LABEL_WIDTH = 76

/**
 * Seconds that labels of the time axis may stand apart, ascending. Closer together than uPlot's own, of which the next after a
 * minute is five: five minutes on a phone had a single label, of which nobody can tell how long the window is.
 */
export const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800],
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * 3_600),
  ...[1, 2, 3, 5, 7, 10, 15, 30, 60, 90].map((days) => days * DAY),
]
