import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The machine's own OpenSSH tools, as the judge of ours. */

export interface ToolResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Why suites that need OpenSSH cannot run; null where they can. */
export const missingOpenSsh: string | null =
  spawnSync('ssh', ['-V']).error === undefined ? null : 'OpenSSH is not installed on this machine'

function pathOf(program: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program))
  return places.find((place) => existsSync(place)) ?? program
}

export async function runTool(
  program: 'ssh' | 'ssh-keygen',
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ToolResult> {
  // Found by this process's path: the environment given may have another "ssh" for it to call.
  const child = spawn(pathOf(program), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    argv0: program,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, stdout, stderr }
}

export interface FoundLine {
  readonly line: number
  readonly marker: 'CA' | 'REVOKED' | ''
  readonly fingerprint: string
}

/** What `ssh-keygen -l -F name -f file` finds. */
export async function findWithSshKeygen(file: string, name: string): Promise<FoundLine[]> {
  const { stdout } = await runTool('ssh-keygen', ['-l', '-F', name, '-f', file])
  const found: FoundLine[] = []
  const pattern = /^# Host .* found: line (\d+) (CA|REVOKED|)\n\S+ \S+ (SHA256:\S+)/gm
  for (const [, line, marker, fingerprint] of stdout.matchAll(pattern)) {
    found.push({
      line: Number(line),
      marker: marker === 'CA' || marker === 'REVOKED' ? marker : '',
      fingerprint: fingerprint ?? '',
    })
  }
  return found
}
