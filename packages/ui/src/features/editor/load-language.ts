import { StreamLanguage } from '@codemirror/language'
import type { Extension } from '@codemirror/state'

/** What text can be coloured as; everything else is shown plain. */
export type Language = 'json' | 'yaml' | 'toml' | 'xml' | 'ini' | 'javascript' | 'lua'

/** Each is a chunk of its own, loaded when a value needs it. */
export async function loadLanguage(language: Language): Promise<Extension> {
  switch (language) {
    case 'json':
      return (await import('@codemirror/lang-json')).json()
    case 'yaml':
      return (await import('@codemirror/lang-yaml')).yaml()
    case 'xml':
      return (await import('@codemirror/lang-xml')).xml()
    case 'javascript':
      return (await import('@codemirror/lang-javascript')).javascript({ typescript: true })
    case 'toml':
      return StreamLanguage.define((await import('@codemirror/legacy-modes/mode/toml')).toml)
    case 'ini':
      return StreamLanguage.define((await import('@codemirror/legacy-modes/mode/properties')).properties)
    case 'lua':
      return StreamLanguage.define((await import('@codemirror/legacy-modes/mode/lua')).lua)
  }
}
