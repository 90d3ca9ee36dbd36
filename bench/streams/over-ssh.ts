import { spawnSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { RowView } from '@engine/streams/row-view'
import { compileMatcher } from '@engine/streams/filter-matcher'
import { connectTo } from '@engine/transports/ssh/testing/connecting'
import { LogTest } from '../../tests/support/log-test'
import { startSshd } from '../../tests/support/sshd'
import { median } from '../support/median'

const rounds = 3

/**
 * Milliseconds from the moment that lines stand in a log to when all of them are in the store, parsed, and one
 * filter has found its rows; and what `ssh host cat file | grep -cE` takes for the same file.
 */
export async function timeOverSsh(
  lines: Buffer,
  filter: string,
  pattern: string,
): Promise<{ ours: number; theirs: number }> {
  const server = await startSshd()
  const key = server.authorize('bench')
  try {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await intoStore(lines, filter, () => connectTo(server, key)))
      theirs.push(throughGrep(lines, pattern, server.port, key.path))
    }
    return { ours: median(ours), theirs: median(theirs) }
  } finally {
    await server.close()
  }
}

async function intoStore(
  lines: Buffer,
  filter: string,
  connect: () => ReturnType<typeof connectTo>,
): Promise<number> {
  const test = new LogTest({}, 2 ** 30)
  const transport = await connect()
  try {
    const path = test.path('xensource.log')
    writeFileSync(path, lines.subarray(0, lines.indexOf(10) + 1))
    await test.open(transport)
    const stream = (): number => test.stream('xensource.log')?.account.received ?? 0
    while (stream() === 0) await sleep(20)
    const view = new RowView(
      test.store,
      () => true,
      compileMatcher(filter, { kind: 'logs', now: () => Date.now() }),
    )
    const wanted = lines.filter((byte) => byte === 10).length + 1
    const started = performance.now()
    appendFileSync(path, lines)
    while (stream() < wanted || view.progress().looked < wanted) {
      view.step(() => false)
      await sleep(5)
    }
    const spent = performance.now() - started
    view.close()
    return spent
  } finally {
    await transport.close()
    await test.close()
  }
}

function throughGrep(lines: Buffer, pattern: string, port: number, key: string): number {
  const file = `${key}.log`
  writeFileSync(file, lines)
  const options = [
    '-F',
    'none',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
  ]
  const command = [
    'ssh',
    ...options,
    '-i',
    key,
    '-p',
    String(port),
    'root@127.0.0.1',
    `cat ${file}`,
    '|',
    `grep -cE '${pattern}'`,
  ]
  const started = performance.now()
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', command.map((part) => (part.includes('cat ') ? `'${part}'` : part)).join(' ')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`ssh failed: ${stderr}`)
  return performance.now() - started
}
