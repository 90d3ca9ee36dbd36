import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Even load, each second like the other: half a core, 8 MiB/s written through to the disk, 20 MiB/s over loopback. */
const programs = {
  cpu: `for (;;) { const end = Date.now() + 10; while (Date.now() < end); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10) }`,
  disk: `
    const fs = require('node:fs'), block = Buffer.alloc(1 << 20, 7), file = fs.openSync(process.argv[1], 'w')
    let turn = 0
    setInterval(() => { fs.writeSync(file, block, 0, block.length, (turn++ % 64) << 20); fs.fdatasyncSync(file) }, 125)`,
  network: `
    const net = require('node:net'), block = Buffer.alloc(1 << 20)
    const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
      const client = net.connect(server.address().port, '127.0.0.1')
      setInterval(() => client.write(block), 50)
    })`,
}

export interface PlantedLoad {
  end(): Promise<void>
}

export async function plantLoad(): Promise<PlantedLoad> {
  // Not in /tmp where that is memory: the disk must see it.
  const folder = await mkdtemp(join(process.env['XCP_DIAG_TEST_DISK'] ?? tmpdir(), 'xcp-diag-load-'))
  const start = (program: string): ChildProcess =>
    spawn('node', ['-e', program, join(folder, 'load')], { stdio: 'ignore' })
  const children = Object.values(programs).map(start)
  return {
    async end() {
      await Promise.all(
        children.map(async (child) => {
          child.kill('SIGKILL')
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        }),
      )
      await rm(folder, { recursive: true, force: true })
    },
  }
}
