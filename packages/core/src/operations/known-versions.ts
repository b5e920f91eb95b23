/** Of a server version such as `3.5.21`; a text of another form compares as 0.0.0. */
const toNumbers = (version: string): readonly [number, number, number] => {
  const [, major = '0', minor = '0', patch = '0'] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version) ?? []
  return [Number(major), Number(minor), Number(patch)]
}

/** 3.5.0 to 3.5.5: a crash during an online defragmentation can leave the member inconsistent (etcd.md 16). */
export function isKnownBad(version: string): boolean {
  const [major, minor, patch] = toNumbers(version)
  return major === 3 && minor === 5 && patch <= 5
}

/** Below 3.4.35 and 3.5.17 a member whose disk fills during a defragmentation goes down or has to be restarted. */
export function isFailureFatal(version: string): boolean {
  const [major, minor, patch] = toNumbers(version)
  return major === 3 && ((minor === 4 && patch < 35) || (minor === 5 && patch < 17) || minor < 4)
}

/** Learners of etcd 3.4 send no snapshot. */
export function isBefore35(version: string): boolean {
  const [major, minor] = toNumbers(version)
  return major < 3 || (major === 3 && minor < 5)
}

/** 3.4 and older get no fixes any more; not said of a version that is not known. */
export function isUnmaintained(version: string): boolean {
  const [major, minor] = toNumbers(version)
  return (major === 3 && minor < 5) || (major > 0 && major < 3)
}

/** From 3.6 on snapshot files are looked at and restored by etcdutl alone. */
export function isBefore36(version: string): boolean {
  const [major, minor] = toNumbers(version)
  return major < 3 || (major === 3 && minor < 6)
}
