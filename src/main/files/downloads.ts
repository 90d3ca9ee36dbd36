import type { Log } from '../log'
import { appPage } from '../security/navigation'

/** What is used of Electron's DownloadItem. */
export interface Download {
  getURL(): string
  getFilename(): string
  setSaveDialogOptions(options: {
    title: string
    defaultPath: string
    filters: { name: string; extensions: string[] }[]
  }): void
  once(event: 'done', listener: (event: unknown, state: string) => void): unknown
}

const kinds: Readonly<Record<string, string>> = {
  csv: 'Comma-separated values',
  json: 'JSON',
  ndjson: 'JSON, a line each',
  png: 'Picture',
  txt: 'Text',
  log: 'Text',
  xdsnap: 'Snapshot',
}

/**
 * Files that the window makes (exports, snapshots) go where the system's save dialog says; Chromium writes them
 * beside their name and renames them when they are whole. Nothing else is downloaded.
 */
export function saveByDialog(event: { preventDefault(): void }, item: Download, log: Log): void {
  if (!item.getURL().startsWith(`blob:${appPage}`)) {
    event.preventDefault()
    log.refused('a download from elsewhere')
    return
  }
  const name = fileName(item.getFilename())
  const extension = /\.([a-z0-9]+)$/.exec(name)?.[1] ?? ''
  const kind = Object.hasOwn(kinds, extension) ? kinds[extension] : undefined
  item.setSaveDialogOptions({
    title: 'Save',
    defaultPath: name,
    filters: [
      ...(kind === undefined ? [] : [{ name: kind, extensions: [extension] }]),
      { name: 'All files', extensions: ['*'] },
    ],
  })
  item.once('done', (_, state) => {
    if (state === 'interrupted')
      log.line(`${name} was not saved: the disk is full, or does not let it be written.`)
  })
}

/** A name only: no folder, nothing that a system gives a meaning to. */
export const fileName = (given: string): string =>
  given
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:"/\\|?*]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120) || 'export.txt'
