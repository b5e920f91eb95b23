/** A command cannot do what it was asked to: exit code 1, and the message alone for people. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
}
