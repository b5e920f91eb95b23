import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ClusterClient, type ICallable, LeaseClient, MaintenanceClient } from 'etcd3'
import protobuf from 'protobufjs'
import { expect, it } from 'vitest'
import { ADDED_FIELDS, loadSchema } from './schema.ts'

const root = fileURLToPath(new URL('../../../../..', import.meta.url))

it('adds what newer etcd has by the numbers of etcd.md 2.1', () => {
  expect(ADDED_FIELDS).toEqual({
    StatusResponse: { storageVersion: [11, 'string'], dbSizeQuota: [12, 'int64'] },
    HashKVResponse: { hash_revision: [4, 'int64'] },
    SnapshotResponse: { version: [4, 'string'] },
  })
  const { Maintenance } = loadSchema()
  // as etcd 3.6 writes it: version = 2, storageVersion = 11, dbSizeQuota = 12
  const writer = protobuf.Writer.create().uint32(18).string('3.6.16').uint32(90).string('3.6.0')
  const bytes = writer.uint32(96).int64('9007199254740993').finish()
  const answer = Maintenance.service.Status?.responseDeserialize(Buffer.from(bytes))
  expect(answer).toMatchObject({
    version: '3.6.16',
    storageVersion: '3.6.0',
    dbSizeQuota: '9007199254740993',
  })
})

it('has a method for each call that the clients of etcd3 make here', async () => {
  const asked: string[] = []
  const recorder = {
    exec: async (service: string, method: string) => void asked.push(`${service}.${method}`),
  } as unknown as ICallable<unknown> // unary calls use `exec` alone
  await new MaintenanceClient(recorder).status()
  await new ClusterClient(recorder).memberList({})
  await new LeaseClient(recorder).leaseLeases()
  const schema = loadSchema()
  for (const name of [...asked, 'Auth.authenticate']) {
    const [service, method = ''] = name.split('.')
    const { service: methods } = schema[service as keyof typeof schema]
    expect(Object.keys(methods)).toContain(method[0]?.toUpperCase() + method.slice(1))
  }
})

it('runs on one copy of grpc-js, which etcd3 uses too', () => {
  const copies = globSync('node_modules/.pnpm/@grpc+grpc-js@*', { cwd: root })
  expect(copies).toHaveLength(1)
  expect(existsSync(`${root}/node_modules/.pnpm`)).toBe(true)
})

it("uses etcd3's typed clients alone: no pool, no policies, no watcher, nothing of its insides", () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })
  expect(sources.length).toBeGreaterThan(50)
  const forbidden = /new Etcd3\(|from 'etcd3\/lib|etcd3\/lib\//
  expect(sources.filter((file) => forbidden.test(readFileSync(`${root}/${file}`, 'utf8')))).toEqual([])
  expect(forbidden.test("new Etcd3({ hosts: '' })")).toBe(true)
})
