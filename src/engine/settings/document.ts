import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import { DiagnosticError } from '@shared/errors'
import { savedHost, type SavedHost } from '@shared/model/saved-host'
import {
  defaultSettings,
  memoryBudgets,
  settings,
  settingsVersion,
  type Settings,
} from '@shared/model/settings'
import { isJsonObject, parseJson, type JsonObject } from '../files'
import { withUnknownFields } from './unknown-fields'

/** A settings file as it was read: what this version understands of it, and all the rest, to be kept. */
export interface SettingsDocument {
  readonly settings: Settings
  readonly raw: JsonObject
  readonly rawHosts: ReadonlyMap<string, JsonObject>
  /** Hosts that are not valid. */
  readonly rejectedHosts: readonly unknown[]
  readonly warnings: readonly DiagnosticError[]
}

export type ParsedSettings =
  | { readonly kind: 'good'; readonly document: SettingsDocument }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'corrupt'; readonly reason: string }

export const emptyDocument: SettingsDocument = {
  settings: deepFreeze(defaultSettings),
  raw: {},
  rawHosts: new Map(),
  rejectedHosts: [],
  warnings: [],
}

/** Reads the content of a settings file. `file` is its path, for the warnings. Never throws. */
export function parseSettings(content: Uint8Array, file: string): ParsedSettings {
  let raw: unknown
  try {
    raw = parseJson(content)
  } catch (thrown) {
    return { kind: 'corrupt', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  if (!isJsonObject(raw)) return { kind: 'corrupt', reason: 'It holds no JSON object.' }
  const version = raw['version']
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return { kind: 'corrupt', reason: 'It does not say its version.' }
  }
  if (version > settingsVersion) return { kind: 'newer', version }
  const hosts = raw['hosts'] ?? []
  if (!Array.isArray(hosts)) return { kind: 'corrupt', reason: 'Its "hosts" are no list.' }
  return { kind: 'good', document: readParts(raw, hosts, file) }
}

function readParts(raw: JsonObject, list: readonly unknown[], file: string): SettingsDocument {
  const warnings: DiagnosticError[] = []
  const hosts = new Map<string, SavedHost>()
  const rawHosts = new Map<string, JsonObject>()
  const rejectedHosts: unknown[] = []
  for (const [index, entry] of list.entries()) {
    const parsed = v.safeParse(savedHost, entry, { abortEarly: true })
    const mistake = !parsed.success
      ? mistakeOf(parsed.issues[0])
      : hosts.has(parsed.output.id)
        ? { path: 'id', text: 'another host has the same' }
        : null
    if (mistake !== null) {
      rejectedHosts.push(entry)
      warnings.push(badHost(entry, mistake, `${file}: hosts[${index}]`))
    } else if (parsed.success && isJsonObject(entry)) {
      hosts.set(parsed.output.id, parsed.output)
      rawHosts.set(parsed.output.id, entry)
    }
  }
  const memory = v.safeParse(memoryBudgets, raw['memory'] ?? {}, { abortEarly: true })
  if (!memory.success) warnings.push(badMemory(mistakeOf(memory.issues[0]), file))
  const read: Settings = {
    version: settingsVersion,
    hosts: [...hosts.values()],
    memory: memory.success ? memory.output : defaultSettings.memory,
  }
  return { settings: deepFreeze(read), raw, rawHosts, rejectedHosts, warnings }
}

/** The file's new text: `next`, and of what was read whatever this version does not understand. */
export function renderSettings(document: SettingsDocument, next: Settings): string {
  const hosts = next.hosts.map((host) => withUnknownFields(document.rawHosts.get(host.id), host))
  // One that could not be read stays as it is until somebody changes it here.
  const memory =
    'memory' in document.raw && isDeepStrictEqual(next.memory, document.settings.memory)
      ? document.raw['memory']
      : withUnknownFields(document.raw['memory'], next.memory)
  const fields = Object.entries(document.raw).filter(([key]) => !['version', 'hosts', 'memory'].includes(key))
  const whole = Object.fromEntries<unknown>([
    ['version', settingsVersion],
    ...fields,
    ['memory', memory],
    ['hosts', [...hosts, ...document.rejectedHosts]],
  ])
  return `${JSON.stringify(whole, null, 2)}\n`
}

/** What a change made of the settings. Throws `bad-request` with the path of the bad value. */
export function checkedSettings(changed: Settings): Settings {
  const parsed = v.safeParse(settings, changed, { abortEarly: true })
  if (!parsed.success) {
    const { path, text } = mistakeOf(parsed.issues[0])
    throw new DiagnosticError('bad-request', `The settings are not valid: ${text}.`, {
      where: `settings.${path}`,
    })
  }
  const ids = parsed.output.hosts.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) {
    throw new DiagnosticError('bad-request', 'Two saved hosts have the same id.', { where: twice })
  }
  return deepFreeze(parsed.output)
}

interface Mistake {
  readonly path: string
  readonly text: string
}

/** Without the value: somebody may have written a password into a wrong place. */
function mistakeOf(issue: v.BaseIssue<unknown>): Mistake {
  const text = issue.kind === 'schema' ? `expected ${issue.expected ?? 'something else'}` : issue.message
  return { path: v.getDotPath(issue) ?? '', text }
}

function badHost(entry: unknown, { path, text }: Mistake, where: string): DiagnosticError {
  const name = isJsonObject(entry) && typeof entry['name'] === 'string' ? entry['name'].slice(0, 80) : null
  const title = name === null ? 'A saved host' : `The saved host ${JSON.stringify(name)}`
  return new DiagnosticError('bad-data', `${title} is not valid: ${path}${path && ': '}${text}.`, {
    where: path ? `${where}.${path}` : where,
    hint: 'The others are loaded, and this one stays in the file as it is: correct it there, or remove it.',
  })
}

function badMemory({ path, text }: Mistake, file: string): DiagnosticError {
  return new DiagnosticError('bad-data', `The memory budgets are not valid: ${text}.`, {
    where: `${file}: memory${path && '.'}${path}`,
    hint: 'The defaults are used. Correct them in the file, or remove them.',
  })
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  Object.values(value).forEach(deepFreeze)
  return value
}
