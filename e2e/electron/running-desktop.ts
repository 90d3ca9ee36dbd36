import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { Display } from './display'

const register = new URL('./double/register.mjs', import.meta.url).href

/** The screen that a browser plays, for what looks at pages without knowing their shell. */
const displays = new WeakMap<BrowserContext, Display>()
export const displayOf = (context: BrowserContext): Display | null => displays.get(context) ?? null

/** The built desktop application in Node, with the test double in the place of Electron. */
export interface RunningDesktop {
  readonly child: ChildProcess
  readonly display: Display
  close(): Promise<void>
}

export function startDesktop(
  context: BrowserContext,
  environment: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): RunningDesktop {
  // Short, because the lock's socket lives in it; its own, because two consoles of one folder are one.
  const folder = mkdtempSync(join(tmpdir(), 'xd-'))
  const child = spawn(process.execPath, ['--import', register, 'out/node/desktop.js', ...args], {
    env: { XCP_DIAG_CONFIG: folder, ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const display = new Display(child, context)
  displays.set(context, display)
  return {
    child,
    display,
    async close() {
      await display.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
