import { startsWith, toUtf8 } from '@etcdmonitor/core/keys/bytes'

/** What Kubernetes stores that no text is. */
export type BinaryKind = 'kubernetes_object' | 'kubernetes_encrypted'

/** Told by how it begins, whether or not the rest is UTF-8. */
export function binaryKind(bytes: Uint8Array): BinaryKind | undefined {
  if (startsWith(bytes, toUtf8('k8s\0'))) return 'kubernetes_object'
  return startsWith(bytes, toUtf8('k8s:enc:')) ? 'kubernetes_encrypted' : undefined
}
