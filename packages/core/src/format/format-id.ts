/**
 * A member, cluster or lease id as etcdctl prints it: lower-case hexadecimal, 16 digits. `id` is an unsigned decimal
 * string; other text comes back as it is.
 */
export function formatId(id: string): string {
  return /^[0-9]{1,20}$/.test(id) ? BigInt(id).toString(16).padStart(16, '0') : id
}
