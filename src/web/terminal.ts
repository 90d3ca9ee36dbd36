import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openBrowser } from './browser'
import type { Shell } from './shell'

/** Milliseconds within which everything ends, whatever hangs. */
const endTime = 2_800

export const log = (line: string): void => void process.stderr.write(`${line}\n`)

const printUrl = (url: string): void => void process.stdout.write(`Console: ${url}\n`)

export interface Attendance {
  /** The shell of now; the development server replaces it. */
  readonly shell: () => Shell
  readonly openBrowser: boolean
}

/** Prints the address, opens the browser, answers Enter, and ends the program on the usual signals. */
export function attend({ shell, openBrowser: wanted }: Attendance): void {
  endOnSignals(shell)
  printUrl(shell().launchUrl())
  // The terminal's address stays good when the browser has used its own.
  if (wanted) openBrowser((onGone) => shell().launchUrl(onGone))
  // A terminal or pipe that goes away takes its lines with it, not the console.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined)
  if (isInBackground()) return
  createInterface({ input: process.stdin, terminal: false })
    .on('line', () => {
      shell().engine.start()
      printUrl(shell().launchUrl())
    })
    .on('error', () => undefined)
}

/** Whether reading the terminal would stop this process, as the shell does with jobs in the background. */
function isInBackground(): boolean {
  if (!process.stdin.isTTY || process.platform !== 'linux') return false
  try {
    // proc(5): after the name in parentheses come state, ppid, pgrp, session, tty_nr and tpgid.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return group !== foreground
  } catch {
    return false
  }
}

function endOnSignals(shell: () => Shell): void {
  let ending = false
  const end = (): void => {
    // npm passes on what the terminal has sent already: the second one changes nothing.
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), endTime)
    shell()
      .close()
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log(`The console did not end cleanly: ${String(error)}`)
          process.exit(1)
        },
      )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}

/** What a person can do about a shell that did not start. */
export function describeFailure(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} of 127.0.0.1 is in use by another program. Choose another with --port N, or leave it out.`
  }
  if (code === 'EACCES') return `Port ${port} of 127.0.0.1 needs more rights. Choose one above 1023.`
  return `The console could not start: ${error instanceof Error ? error.message : String(error)}`
}
