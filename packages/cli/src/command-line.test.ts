import { expect, it } from 'vitest'
import { parseCommandLine, UsageError } from './command-line.ts'

it.each([
  ['start', { command: 'start', config: undefined }],
  ['start --config a.yaml', { command: 'start', config: 'a.yaml' }],
  ['api --config=a.yaml', { command: 'api', config: 'a.yaml' }],
  ['collector', { command: 'collector', config: undefined }],
  ['check-config', { command: 'check-config', config: undefined }],
  ['demo', { command: 'demo', json: false, port: undefined }],
  ['demo --json --port 9091', { command: 'demo', json: true, port: 9091 }],
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
  ['demo --port 0', '--port wants a number from 1 to 65535, not "0"'],
  ['demo --port 65536', '--port wants a number from 1 to 65535, not "65536"'],
  ['demo --port 1e3', '--port wants a number from 1 to 65535, not "1e3"'],
])('refuses "%s"', (line, message) => {
  const args = line.split(' ').filter((word) => word !== '')
  expect(() => parseCommandLine(args)).toThrow(UsageError)
  expect(() => parseCommandLine(args)).toThrow(message)
})
