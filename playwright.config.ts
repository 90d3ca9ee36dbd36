import { existsSync } from 'node:fs'
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import type { ShellName } from './e2e/support/console'

/** Debian's Chromium where it is installed, Playwright's own elsewhere. */
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

/** The specs know no shell: all run on both. What is about the web shell's door alone is tagged; so is the desktop's. */
const projects: PlaywrightTestConfig<{ shell: ShellName }>['projects'] = [
  { name: 'web', grepInvert: /@desktop/, testIgnore: '**/electron/**/*.spec.ts' },
  { name: 'electron-double', grepInvert: /@web/, use: { shell: 'electron-double' } },
]

export default defineConfig<{ shell: ShellName }>({
  projects,
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Planted loads and killed processes would disturb one another.
  workers: 1,
  forbidOnly: true,
  // What passed only at a retry is named at the end of the run.
  retries: process.env['CI'] ? 1 : 0,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ?? 'test-results/e2e.json' }],
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(system ? { executablePath: system } : {}),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
