import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { displayOf } from '../electron/running-desktop'

/**
 * The pictures of the documentation are made by the tests: `XCP_DIAG_PICTURES=1 npm run test:e2e` writes them to
 * docs/screenshots after charts have filled for a minute; otherwise they go with the other results.
 */
export const forDocumentation = process.env['XCP_DIAG_PICTURES'] === '1'
const results = 'test-results/screenshots'

async function save(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${name}.png` })
}

const resultsOf = (page: Page): string => (displayOf(page.context()) ? `${results}/desktop` : results)

/** One that is only looked at. */
export const picture = (page: Page, name: string): Promise<void> => save(page, resultsOf(page), name)

/** One that the documentation shows: as the web console has it. */
export const documentationPicture = (page: Page, name: string): Promise<void> =>
  save(page, forDocumentation && !displayOf(page.context()) ? 'docs/screenshots' : resultsOf(page), name)
