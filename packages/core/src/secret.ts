/** A text that never shows itself: logs, JSON and inspection print `***`. Only adapters call `reveal`. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

// What Node's inspector asks an object for; a registered symbol, so core needs nothing of Node.
const inspect = Symbol.for('nodejs.util.inspect.custom')
const hidden = () => '***'

export const toSecret = (text: string): Secret =>
  Object.freeze({ reveal: () => text, toString: hidden, toJSON: hidden, [inspect]: hidden })
