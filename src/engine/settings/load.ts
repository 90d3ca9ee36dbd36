import { join } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import { settingsVersion } from '@shared/model/settings'
import { fileError, moveAside, readWholeFile, writeWholeFile } from '../files'
import { emptyDocument, parseSettings, type SettingsDocument } from './document'

export const largestSettings = 16 * 1_048_576

export interface SettingsFiles {
  readonly current: string
  /** As `current` was when it was last read or written without a mistake. */
  readonly lastGood: string
}

export const settingsFiles = (folder: string): SettingsFiles => ({
  current: join(folder, 'settings.json'),
  lastGood: join(folder, 'settings.json.last-good'),
})

export interface LoadedSettings {
  readonly document: SettingsDocument
  /** Of the file as it is now, null where there is none: what a save expects to replace. */
  readonly content: Buffer | null
  /** Why nothing may be saved over what is there. */
  readonly refusal: DiagnosticError | null
  /** What happened on the way, for the person to know. */
  readonly incidents: readonly DiagnosticError[]
}

/**
 * The settings as the files hold them; never rejects. With `repair`, for which the lock is needed: a damaged file is
 * moved aside and kept, the last good copy takes its place, and the copy is renewed.
 */
export async function loadSettings(
  files: SettingsFiles,
  now: number,
  repair: boolean,
): Promise<LoadedSettings> {
  let content: Buffer | null
  try {
    content = await readWholeFile(files.current, largestSettings)
  } catch (thrown) {
    return unusable(files, fileError(thrown, 'Reading the settings', files.current))
  }
  if (content === null) return missing(files, now, repair)
  const parsed = parseSettings(content, files.current)
  if (parsed.kind === 'newer') return unusable(files, newer(files.current, parsed.version))
  if (parsed.kind === 'corrupt') return damaged(files, parsed.reason, now, repair)
  const incidents = repair ? await keepLastGood(files, content) : []
  return { document: parsed.document, content, refusal: null, incidents }
}

/** Renews the last good copy where it differs; what keeps it from that is an incident. */
async function keepLastGood(files: SettingsFiles, content: Buffer): Promise<DiagnosticError[]> {
  try {
    const before = await readWholeFile(files.lastGood, largestSettings)
    if (before?.equals(content) !== true) await writeWholeFile(files.lastGood, content)
    return []
  } catch (thrown) {
    return [fileError(thrown, 'Keeping a copy of the settings', files.lastGood)]
  }
}

interface LastGood {
  readonly document: SettingsDocument
  readonly content: Buffer | null
  /** Ends a sentence about the file that could not be used. */
  readonly outcome: string
  /** What is wrong with the copy itself, where it must not be written over for that. */
  readonly refusal: DiagnosticError | null
  readonly incidents: readonly DiagnosticError[]
}

async function lastGood(files: SettingsFiles, now: number, repair: boolean): Promise<LastGood> {
  const none: LastGood = {
    document: emptyDocument,
    content: null,
    outcome: 'There is no good copy, so the settings are empty.',
    refusal: null,
    incidents: [],
  }
  let content: Buffer | null
  try {
    content = await readWholeFile(files.lastGood, largestSettings)
  } catch (thrown) {
    return { ...none, refusal: fileError(thrown, 'Reading the copy of the settings', files.lastGood) }
  }
  const parsed = content && parseSettings(content, files.lastGood)
  if (parsed === null) return none
  if (parsed.kind === 'newer') return { ...none, refusal: newer(files.lastGood, parsed.version) }
  if (parsed.kind === 'good') {
    return { ...none, document: parsed.document, content, outcome: 'The last good copy was loaded.' }
  }
  const message = `The copy of the settings is damaged. ${parsed.reason}`
  const where = repair ? await moveAside(files.lastGood, now).catch(() => files.lastGood) : files.lastGood
  return { ...none, incidents: [new DiagnosticError('bad-data', message, { where })] }
}

/** What is there stays; this run goes on with the last good copy and saves nothing. */
async function unusable(files: SettingsFiles, error: DiagnosticError): Promise<LoadedSettings> {
  const { document, outcome } = await lastGood(files, 0, false)
  return { document, content: null, refusal: refused(error, outcome), incidents: [] }
}

function refused(error: DiagnosticError, outcome: string): DiagnosticError {
  const { code, where, hint, cause } = error
  return new DiagnosticError(code, `${error.message} ${outcome} Changes cannot be saved.`, {
    where,
    hint,
    cause,
  })
}

async function missing(files: SettingsFiles, now: number, repair: boolean): Promise<LoadedSettings> {
  const good = await lastGood(files, now, repair)
  const incidents =
    good.content === null
      ? []
      : [
          new DiagnosticError('not-found', `The settings file was missing. ${good.outcome}`, {
            where: files.current,
            hint: `To begin with empty settings, close the console and remove ${files.lastGood} as well.`,
          }),
        ]
  return restored(files, good, incidents, repair)
}

async function damaged(
  files: SettingsFiles,
  reason: string,
  now: number,
  repair: boolean,
): Promise<LoadedSettings> {
  const message = `The settings file is damaged. ${reason}`
  if (!repair) return unusable(files, new DiagnosticError('bad-data', message, { where: files.current }))
  let aside: string
  try {
    aside = await moveAside(files.current, now)
  } catch (thrown) {
    const cause = fileError(thrown, 'Moving it aside', files.current)
    return unusable(files, new DiagnosticError(cause.code, message, { where: files.current, cause }))
  }
  const good = await lastGood(files, now, repair)
  const incident = new DiagnosticError('bad-data', `${message} ${good.outcome}`, {
    where: aside,
    hint: 'The damaged file is kept there: what is missing now can be copied from it.',
  })
  return restored(files, good, [incident], repair)
}

/** The copy becomes the file again. */
async function restored(
  files: SettingsFiles,
  good: LastGood,
  noticed: readonly DiagnosticError[],
  repair: boolean,
): Promise<LoadedSettings> {
  const { document, content } = good
  const incidents = [...noticed, ...good.incidents]
  const refusal = good.refusal && refused(good.refusal, good.outcome)
  if (content === null || !repair) return { document, content: null, refusal, incidents }
  try {
    await writeWholeFile(files.current, content, { expected: null })
    return { document, content, refusal, incidents }
  } catch (thrown) {
    const failed = fileError(thrown, 'Restoring the settings', files.current)
    return { document, content: null, refusal, incidents: [...incidents, failed] }
  }
}

const newer = (file: string, version: number): DiagnosticError =>
  new DiagnosticError(
    'not-supported',
    `The settings file was written by a newer console (format ${version}, this one knows ${settingsVersion}).`,
    { where: file, hint: 'Update this console, or give it a folder of its own with XCP_DIAG_CONFIG.' },
  )
