import { lowerAscii } from '../pattern'
import { parseJump } from './jump'
import type { ConfigFile, ConfigLine, JumpHop, Setting, StrictHostKeyChecking } from './model'
import {
  parseAgent,
  parseCount,
  parseFiles,
  parseFlag,
  parsePort,
  parseStrict,
  parseString,
  parseTime,
  type Parsed,
} from './values'

/** Values as the lines give them, before anything is expanded; what no line sets is missing. */
export interface DraftSettings {
  hostName?: Setting<string>
  user?: Setting<string>
  port?: Setting<number>
  identityAgent?: Setting<string>
  identitiesOnly?: Setting<boolean>
  hostKeyAlias?: Setting<string>
  userKnownHostsFiles?: Setting<readonly string[]>
  globalKnownHostsFiles?: Setting<readonly string[]>
  hashKnownHosts?: Setting<boolean>
  strictHostKeyChecking?: Setting<StrictHostKeyChecking>
  connectTimeout?: Setting<number>
  serverAliveInterval?: Setting<number>
  serverAliveCountMax?: Setting<number>
  ignoreUnknown?: Setting<string>
  proxyJump?: Setting<readonly JumpHop[]>
  proxyCommand?: Setting<string>
}

export interface Draft {
  readonly settings: DraftSettings
  readonly identityFiles: (Setting<string> & { readonly scope: ConfigFile['scope'] })[]
}

/** Takes one line into the draft when its block is active; returns what is wrong with the line. */
type Reader = (draft: Draft, line: ConfigLine, active: boolean, scope: ConfigFile['scope']) => string | null

/** `keep` stores a setting where none is yet: the first value of a keyword stays. */
function first<T>(
  parse: (line: ConfigLine) => Parsed<T>,
  keep: (settings: DraftSettings, setting: Setting<T>) => unknown,
): Reader {
  return ({ settings }, line, active) => {
    const parsed = parse(line)
    if ('mistake' in parsed) return parsed.mistake
    if (active && parsed.value !== undefined) keep(settings, { value: parsed.value, origin: line.origin })
    return null
  }
}

const maxIdentityFiles = 100

/** Identity files add up. */
const addIdentityFile: Reader = ({ identityFiles }, line, active, scope) => {
  const parsed = parseString(line)
  if ('mistake' in parsed) return parsed.mistake
  const { value } = parsed
  if (!active || value === undefined) return null
  if (identityFiles.length >= maxIdentityFiles)
    return `At most ${maxIdentityFiles} identity files may be named.`
  const known = identityFiles.some((file) => file.value === value && file.scope === scope)
  if (!known) identityFiles.push({ value, origin: line.origin, scope })
  return null
}

/** The first of ProxyJump and ProxyCommand counts; only `ProxyJump none` leaves room for a command. */
const takeJump: Reader = ({ settings }, line, active) => {
  const parsed = parseJump(line.rest)
  if ('mistake' in parsed) return parsed.mistake
  if (active && settings.proxyCommand === undefined) {
    settings.proxyJump ??= { value: parsed.hops, origin: line.origin }
  }
  return null
}

const takeCommand: Reader = ({ settings }, line, active) => {
  const value = line.rest.replace(/^[ \t\r\n=]+/, '')
  const direct = settings.proxyJump === undefined || settings.proxyJump.value.length === 0
  if (active && direct) settings.proxyCommand ??= { value, origin: line.origin }
  return null
}

/** The keywords that mean something here, in lower case. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['hostname', first(parseString, (to, setting) => (to.hostName ??= setting))],
  ['user', first(parseString, (to, setting) => (to.user ??= setting))],
  ['port', first(parsePort, (to, setting) => (to.port ??= setting))],
  ['identityfile', addIdentityFile],
  ['identityfile2', addIdentityFile],
  ['identityagent', first(parseAgent, (to, setting) => (to.identityAgent ??= setting))],
  ['identitiesonly', first(parseFlag, (to, setting) => (to.identitiesOnly ??= setting))],
  ['hostkeyalias', first(parseString, (to, setting) => (to.hostKeyAlias ??= setting))],
  ['userknownhostsfile', first(parseFiles, (to, setting) => (to.userKnownHostsFiles ??= setting))],
  ['globalknownhostsfile', first(parseFiles, (to, setting) => (to.globalKnownHostsFiles ??= setting))],
  ['hashknownhosts', first(parseFlag, (to, setting) => (to.hashKnownHosts ??= setting))],
  ['stricthostkeychecking', first(parseStrict, (to, setting) => (to.strictHostKeyChecking ??= setting))],
  ['connecttimeout', first(parseTime, (to, setting) => (to.connectTimeout ??= setting))],
  ['serveraliveinterval', first(parseTime, (to, setting) => (to.serverAliveInterval ??= setting))],
  // Debian's other names for it.
  ['protocolkeepalives', first(parseTime, (to, setting) => (to.serverAliveInterval ??= setting))],
  ['setuptimeout', first(parseTime, (to, setting) => (to.serverAliveInterval ??= setting))],
  ['serveralivecountmax', first(parseCount, (to, setting) => (to.serverAliveCountMax ??= setting))],
  ['ignoreunknown', first(parseString, (to, setting) => (to.ignoreUnknown ??= setting))],
  ['proxyjump', takeJump],
  ['proxycommand', takeCommand],
])

export const isNone = (value: string): boolean => lowerAscii(value) === 'none'
