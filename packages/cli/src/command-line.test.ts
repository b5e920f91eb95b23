import { expect, it } from 'vitest'
import { parseCommandLine, UsageError } from './command-line.ts'

it.each([
  ['start', { command: 'start', config: undefined }],
  ['start --config a.yaml', { command: 'start', config: 'a.yaml' }],
  ['api --config=a.yaml', { command: 'api', config: 'a.yaml' }],
  ['collector', { command: 'collector', config: undefined }],
  ['check-config', { command: 'check-config', config: undefined, connect: false }],
  ['check-config --connect', { command: 'check-config', config: undefined, connect: true }],
  ['demo', { command: 'demo', json: false, hasInfluxdb: false, port: undefined }],
  ['demo --json --port 9091', { command: 'demo', json: true, hasInfluxdb: false, port: 9091 }],
  ['demo --influxdb', { command: 'demo', json: false, hasInfluxdb: true, port: undefined }],
  ['users list', { command: 'users', act: 'list' }],
  ['users add bob', { command: 'users', act: 'add', name: 'bob', generate: false }],
  [
    'users add --generate --config a.yaml bob',
    { command: 'users', act: 'add', name: 'bob', generate: true, config: 'a.yaml' },
  ],
  ['users disable bob', { command: 'users', act: 'disable', name: 'bob' }],
  ['users enable bob --config a.yaml', { command: 'users', act: 'enable', name: 'bob', config: 'a.yaml' }],
  ['reset-password', { command: 'reset-password', username: 'admin', generate: false }],
  [
    'reset-password --username bob --generate',
    { command: 'reset-password', username: 'bob', generate: true },
  ],
  ['unlock --username=bob', { command: 'unlock', username: 'bob' }],
  ['audit-export', { command: 'audit-export', from: undefined, to: undefined }],
  [
    'audit-export --from 1790000000 --to 2026-09-22',
    { command: 'audit-export', from: 1_790_000_000_000, to: Date.UTC(2026, 8, 22) },
  ],
  [
    'audit-export --from 2026-09-21T14:00:00+02:00',
    { command: 'audit-export', from: Date.UTC(2026, 8, 21, 12), to: undefined },
  ],
  ['--help', { command: 'help' }],
  ['start --help', { command: 'help' }],
  ['--version', { command: 'version' }],
])('reads %s', (line, read) => {
  expect(parseCommandLine(line.split(' '))).toEqual(read)
})

it.each([
  ['', 'no command given'],
  ['stop', 'unknown command "stop"'],
  ['start --json', "Unknown option '--json'"],
  ['start file.yaml', "Unexpected argument 'file.yaml'"],
  ['start --config', "Option '--config <value>' argument missing"],
  ['demo --config a.yaml', "Unknown option '--config'"],
  ['users', 'users wants list, add NAME, disable NAME or enable NAME'],
  ['users remove bob', 'users wants list, add NAME'],
  ['users add', 'users add wants one NAME'],
  ['users add bob carol', 'users add wants one NAME'],
  ['users disable', 'users disable wants one NAME'],
  ['users disable bob --generate', "Unknown option '--generate'"],
  ['users list bob', "Unexpected argument 'bob'"],
  ['unlock bob', 'unlock names the account by --username alone'],
  ['unlock --generate', "Unknown option '--generate'"],
  [
    'audit-export --from yesterday',
    '--from wants Unix seconds, 2026-09-21 or 2026-09-21T14:00:00Z, not "yesterday"',
  ],
  ['audit-export --to 2026-13-40', '--to wants Unix seconds'],
  ['audit-export --from 2026-09-22 --to 2026-09-22', '--from wants a time before --to, not "2026-09-22"'],
  ['demo --port 0', '--port wants a number from 1 to 65535, not "0"'],
  ['demo --port 65536', '--port wants a number from 1 to 65535, not "65536"'],
  ['demo --port 1e3', '--port wants a number from 1 to 65535, not "1e3"'],
])('refuses "%s"', (line, message) => {
  const args = line.split(' ').filter((word) => word !== '')
  expect(() => parseCommandLine(args)).toThrow(UsageError)
  expect(() => parseCommandLine(args)).toThrow(message)
})

it.each(['reset-password hunter2', 'reset-password --password=hunter2', 'users add bob hunter2'])(
  'does not show what may be a password in "%s"',
  (line) => {
    expect(() => parseCommandLine(line.split(' '))).toThrow(UsageError)
    expect(() => parseCommandLine(line.split(' '))).not.toThrow(/hunter2/)
  },
)
