import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../files'

/**
 * `after` with those fields of `before` that it does not have, at every depth: what another version of the console
 * or a person added outlives a save. Elements of lists keep theirs when they are otherwise unchanged.
 */
export function withUnknownFields(before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.map((element: unknown) => {
      const same: unknown = before.find((candidate) => contains(candidate, element))
      return same ?? element
    })
  }
  if (!isJsonObject(before) || !isJsonObject(after)) return after
  // Entries, because assignment to "__proto__" would not make a field.
  return Object.fromEntries([
    ...Object.entries(before).filter(([key]) => !Object.hasOwn(after, key)),
    ...Object.entries(after).map(([key, value]) => [
      key,
      Object.hasOwn(before, key) ? withUnknownFields(before[key], value) : value,
    ]),
  ])
}

/** Whether `whole` says everything that `part` says. */
function contains(whole: unknown, part: unknown): boolean {
  if (!isJsonObject(part) || !isJsonObject(whole)) return isDeepStrictEqual(whole, part)
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && contains(whole[key], value),
  )
}
