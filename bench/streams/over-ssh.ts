import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RowView } from '@engine/streams/row-view'
import { compileMatcher } from '@engine/streams/filter-matcher'
import { connectTo } from '@engine/transports/ssh/testing/connecting'
import { LogTest } from '../../tests/support/log-test'
import { startSshd } from '../../tests/support/sshd'
import { median } from '../support/median'

const rounds = 3

/**
 * Milliseconds from connecting to a host that is known already, whose log has grown meanwhile, to when all of its lines
 * are in the store, parsed, and one filter has found its rows; and what `ssh host cat file | grep -cE`, which connects
 * too, takes for the same file.
 */
export async function timeOverSsh(
  lines: Buffer,
  count: number,
  filter: string,
  pattern: string,
): Promise<{ ours: number; theirs: number }> {
  const server = await startSshd()
  const key = server.authorize('bench')
  const folder = mkdtempSync(join(tmpdir(), 'xcp-bench-'))
  const file = join(folder, 'lines')
  writeFileSync(file, lines)
  try {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await intoStore(file, count, filter, () => connectTo(server, key)))
      theirs.push(throughGrep(file, pattern, server.port, key.path))
    }
    return { ours: median(ours), theirs: median(theirs) }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

async function intoStore(
  file: string,
  count: number,
  filter: string,
  connect: () => ReturnType<typeof connectTo>,
): Promise<number> {
  const test = new LogTest({}, 2 ** 30)
  const path = test.path('xensource.log')
  const stream = (): number => test.stream('xensource.log')?.account.received ?? 0
  try {
    spawnSync('sh', ['-c', `head -n 1 ${file} > ${path}`])
    const before = await connect()
    const running = await test.open(before)
    while (stream() === 0) await sleep(20)
    await running.close()
    await before.close()
    spawnSync('sh', ['-c', `cat ${file} >> ${path}`])
    const view = new RowView(
      test.store,
      () => true,
      compileMatcher(filter, { kind: 'logs', now: () => Date.now() }),
    )
    const started = performance.now()
    const transport = await connect()
    await test.open(transport)
    while (stream() < count + 1 || view.progress().looked < count + 1) {
      view.step(() => false)
      await sleep(5)
    }
    const spent = performance.now() - started
    view.close()
    await transport.close()
    return spent
  } finally {
    await test.close()
  }
}

function throughGrep(file: string, pattern: string, port: number, key: string): number {
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
