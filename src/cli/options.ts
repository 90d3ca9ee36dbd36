import { parseArgs } from 'node:util'
import { logFormatName, logFormatNames, type LogFormatName } from '@shared/model/rows'
import * as v from 'valibot'

/** What all commands take. */
export interface CommonOptions {
  /** `local`, a saved host's name, or an address. */
  readonly host: string
  readonly follow: boolean
  readonly json: boolean
  /** Of host keys that are accepted for this run, as `ssh-keygen -l` prints them. */
  readonly fingerprints: readonly string[]
  readonly passwordFd: number | null
}

export interface Options extends CommonOptions {
  readonly command: CommandName
  /** In the filter language; empty for all. */
  readonly filter: string
  /** Names of logs; none for all. */
  readonly sources: readonly string[]
  /** Formats of logs that were told, in the order of the options. */
  readonly formats: readonly LogAndFormat[]
  /** As it was written. */
  readonly since: string | null
  /** Rows of those that were there before; null where nothing was said. */
  readonly lines: number | null
}

/** Lines of a log are to be read as written in a format. */
export interface LogAndFormat {
  readonly log: string
  readonly format: LogFormatName
}

/** The options of each command beyond the common ones. */
const commands = {
  metrics: [],
  logs: ['filter', 'source', 'format', 'since', 'lines'],
  queues: ['filter'],
  messages: ['filter', 'lines'],
} as const satisfies Record<string, readonly string[]>
export type CommandName = keyof typeof commands

const isCommand = (text: string): text is CommandName => Object.hasOwn(commands, text)
const commandNames = Object.keys(commands).join(', ')

export type ParsedOptions =
  | { readonly options: Options }
  | { readonly help: true }
  /** What is wrong with them. */
  | { readonly mistake: string }

const fingerprintShape = /^SHA256:[A-Za-z0-9+/]{43}$/
const mostLines = 10_000_000

const parse = (args: readonly string[]) =>
  parseArgs({
    args: withDashes(args),
    allowPositionals: true,
    options: {
      follow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      fingerprint: { type: 'string', multiple: true, default: [] },
      'password-fd': { type: 'string' },
      filter: { type: 'string' },
      source: { type: 'string', multiple: true },
      format: { type: 'string', multiple: true },
      since: { type: 'string' },
      lines: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })

/** Of these, values that begin with a dash are usual (`--since -10m`); the parser would take them for options. */
const dashed: ReadonlySet<string> = new Set(['--since', '--filter'])

function withDashes(args: readonly string[]): string[] {
  const joined: string[] = []
  for (let at = 0; at < args.length; at++) {
    const [arg = '', value] = [args[at], args[at + 1]]
    const joins = dashed.has(arg) && value?.startsWith('-') === true && !value.startsWith('--')
    joined.push(joins ? `${arg}=${value}` : arg)
    if (joins) at++
  }
  return joined
}

export function parseOptions(args: readonly string[]): ParsedOptions {
  let parsed
  try {
    parsed = parse(args)
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
  const { values, positionals } = parsed
  if (values.help) return { help: true }
  const [command, host, ...rest] = positionals
  if (command === undefined) return { mistake: `A command is missing: ${commandNames}.` }
  if (!isCommand(command)) return { mistake: `There is no command "${command}", only: ${commandNames}.` }
  if (!host) return { mistake: `${command} needs a HOST: local, the name of a saved host, or an address.` }
  if (rest.length > 0) return { mistake: `${command} takes one HOST; "${rest.join(' ')}" is too much.` }
  const own: readonly string[] = commands[command]
  const { filter, source, format, since, lines } = values
  for (const [name, value] of Object.entries({ filter, source, format, since, lines })) {
    if (value !== undefined && !own.includes(name)) return { mistake: `${command} has no option --${name}.` }
  }
  const mistake = mistakeIn(values)
  if (mistake !== null) return { mistake }
  const fd = values['password-fd']
  return {
    options: {
      command,
      host,
      follow: values.follow,
      json: values.json,
      fingerprints: values.fingerprint,
      passwordFd: fd === undefined ? null : Number(fd),
      filter: filter ?? '',
      sources: source ?? [],
      formats: readFormats(values),
      since: since ?? null,
      lines: lines === undefined ? null : Number(lines),
    },
  }
}

type Values = ReturnType<typeof parse>['values']

const readFormats = ({ format = [] }: Values): LogAndFormat[] =>
  format.map(readFormat).filter((one) => one !== null)

/** Names of files may hold the sign themselves, those of formats do not. */
function readFormat(text: string): LogAndFormat | null {
  const at = text.lastIndexOf('=')
  const format = v.safeParse(logFormatName, text.slice(at + 1))
  return at > 0 && format.success ? { log: text.slice(0, at), format: format.output } : null
}

function mistakeIn(values: Values): string | null {
  const unread = values.format?.find((text) => readFormat(text) === null)
  if (unread !== undefined) {
    return `--format must be NAME=FORMAT, with one of ${logFormatNames.join(', ')}, not "${unread}".`
  }
  const odd = values.fingerprint.find((text) => !fingerprintShape.test(text))
  if (odd !== undefined) {
    return `--fingerprint must be SHA256: and 43 characters, as ssh-keygen -l prints it, not "${odd}".`
  }
  const fd = values['password-fd']
  // What was given may be the password itself: it is not repeated.
  if (fd !== undefined && !/^\d{1,4}$/.test(fd)) {
    return '--password-fd must be the number of an open file descriptor.'
  }
  const { lines } = values
  if (lines !== undefined && !(/^\d{1,8}$/.test(lines) && Number(lines) <= mostLines)) {
    return `--lines must be a number of rows, up to ${mostLines}, not "${lines}".`
  }
  return null
}
