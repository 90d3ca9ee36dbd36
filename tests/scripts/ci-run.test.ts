import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

test('continuous integration installs from the lock file and tests with the skip rule in force', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'ci-run-'))
  try {
    const calls = join(bin, 'calls')
    await writeFile(join(bin, 'npm'), `#!/bin/sh\necho "CI=$CI npm $*" >> '${calls}'\n`)
    await chmod(join(bin, 'npm'), 0o755)
    const env = { ...process.env }
    delete env['CI']
    execFileSync(resolve(import.meta.dirname, '../../.ci/run'), {
      env: { ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    })
    expect(await readFile(calls, 'utf8')).toBe('CI= npm ci\nCI=1 npm test\n')
  } finally {
    await rm(bin, { recursive: true, force: true })
  }
})
