import { parseArgs } from 'node:util'

export interface MetricsOptions {
  /** `local`, a saved host's name, or an address. */
  readonly host: string
  readonly follow: boolean
  readonly json: boolean
  /** Of host keys that are accepted for this run, as `ssh-keygen -l` prints them. */
  readonly fingerprints: readonly string[]
  readonly passwordFd: number | null
}

export const usage = `Usage: xcp-diag metrics HOST [--follow] [--json]

Shows what a host is doing. Nothing is installed on it.

HOST is "local", the name of a saved host, or an address: ssh://user@host:port, user@host, a Host of ~/.ssh/config.

  --follow               one line a second until interrupted
  --json                 one JSON object for each sample, a line each: {"time", "host", "metrics"}
  --fingerprint SHA256:… the host must have the key with exactly this fingerprint, for this run: an unknown one is
                         accepted, any other refused, also one of known_hosts. May be repeated, for jump hosts that
                         are not known. Without it unknown keys are refused.
  --password-fd N        read the password from file descriptor N, up to the end of its first line. Without it the
                         password is asked for on the terminal, if keys and agent do not suffice.
  --help                 show this

Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 identity refused, 5 authentication failed, 130 interrupted.
`

export type ParsedOptions =
  | { readonly options: MetricsOptions }
  | { readonly help: true }
  /** What is wrong with them. */
  | { readonly mistake: string }

const fingerprintShape = /^SHA256:[A-Za-z0-9+/]{43}$/

export function parseOptions(args: readonly string[]): ParsedOptions {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        follow: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        fingerprint: { type: 'string', multiple: true, default: [] },
        'password-fd': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
  const { values, positionals } = parsed
  if (values.help) return { help: true }
  const [command, host, ...rest] = positionals
  if (command === undefined) return { mistake: 'A command is missing: metrics.' }
  if (command !== 'metrics') return { mistake: `There is no command "${command}", only: metrics.` }
  if (!host) return { mistake: 'metrics needs a HOST: local, the name of a saved host, or an address.' }
  if (rest.length > 0) return { mistake: `metrics takes one HOST; "${rest.join(' ')}" is too much.` }
  const odd = values.fingerprint.find((text) => !fingerprintShape.test(text))
  if (odd !== undefined) {
    return {
      mistake: `--fingerprint must be SHA256: and 43 characters, as ssh-keygen -l prints it, not "${odd}".`,
    }
  }
  const fd = values['password-fd']
  if (fd !== undefined && !/^\d{1,4}$/.test(fd)) {
    // What was given may be the password itself: it is not repeated.
    return { mistake: '--password-fd must be the number of an open file descriptor.' }
  }
  return {
    options: {
      host,
      follow: values.follow,
      json: values.json,
      fingerprints: values.fingerprint,
      passwordFd: fd === undefined ? null : Number(fd),
    },
  }
}
