import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { opened, type Opened } from '@shared/desktop'
import * as v from 'valibot'

export const snapshotExtension = 'xdsnap'

/** What the desktop gave this start to open: `ssh://` links and snapshot files among a program's arguments. */
export function openedByArguments(args: readonly string[], workingDirectory: string): Opened[] {
  return args.flatMap((argument): Opened[] => {
    if (argument.startsWith('-')) return []
    const address = openedAddress(argument)
    if (address) return [address]
    const snapshot = openedFile(isAbsolute(argument) ? argument : resolve(workingDirectory, argument))
    return snapshot ? [snapshot] : []
  })
}

/** Only shown to the person, who decides whether to connect. */
export function openedAddress(text: string): Opened | null {
  if (!/^ssh:\/\/[^\s\u0000-\u001f\u007f-\u009f]+$/.test(text)) return null
  const parsed = v.safeParse(opened, { kind: 'address', text })
  return parsed.success ? parsed.output : null
}

/** A snapshot, where the path names a file that looks like one. */
export function openedFile(path: string): Opened | null {
  if (!path.toLowerCase().endsWith(`.${snapshotExtension}`) || !isAbsolute(path)) return null
  try {
    if (!statSync(path).isFile()) return null
  } catch {
    return null
  }
  const parsed = v.safeParse(opened, { kind: 'snapshot', path })
  return parsed.success ? parsed.output : null
}

const handover = v.object({ opened: v.pipe(v.array(opened), v.maxLength(64)) })

/** What a second start handed over; another program may claim to be one. */
export function openedByHandover(data: unknown): Opened[] {
  const parsed = v.safeParse(handover, data)
  if (!parsed.success) return []
  return parsed.output.opened.flatMap((one) => {
    const again = one.kind === 'address' ? openedAddress(one.text) : openedFile(one.path)
    return again ? [again] : []
  })
}
