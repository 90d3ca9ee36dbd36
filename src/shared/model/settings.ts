import * as v from 'valibot'
import { savedHost } from './saved-host'

/** Raised only when an older console could no longer read the file; new optional fields do not raise it. */
export const settingsVersion = 1

const budget = (what: string) =>
  v.pipe(
    v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1_048_576))), null),
    v.description(`Bytes for ${what} of all hosts together; null: the console's default.`),
  )

export const memoryBudgets = v.object({
  rows: budget('log and message rows'),
  series: budget('metrics'),
  messages: budget('pairs of requests and replies'),
})
export type MemoryBudgets = v.InferOutput<typeof memoryBudgets>

/** What may be chosen: from 16 MiB, below which nothing useful is kept, to 16 GiB. */
export const chosenBudget = v.nullable(
  v.pipe(v.number(), v.safeInteger(), v.minValue(16 * 2 ** 20), v.maxValue(16 * 2 ** 30)),
)

const memoryPart = v.object({
  /** Bytes, of all hosts together. */
  used: v.number(),
  /** In effect since the start. */
  limit: v.number(),
  /** For the next start; null is the usual. */
  chosen: v.nullable(v.number()),
  usual: v.number(),
})
export const memoryUse = v.object({ rows: memoryPart, series: memoryPart })
export type MemoryUse = v.InferOutput<typeof memoryUse>
export type MemoryPart = v.InferOutput<typeof memoryPart>

/** All that a console remembers between two runs, but for secrets. Published as docs/settings.schema.json. */
export const settings = v.object({
  version: v.literal(settingsVersion),
  hosts: v.optional(v.array(savedHost), []),
  memory: v.optional(memoryBudgets, {}),
})
export type Settings = v.InferOutput<typeof settings>

export const defaultSettings: Settings = v.parse(settings, { version: settingsVersion })
