import { readFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, skipped: { title: string, reason: string }[] }} Counts */

const read = (report) => {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return null
  }
}
const broken = { passed: 0, failed: 1, skipped: [] }

/** Counts of a vitest JSON report. A file that could not even be loaded counts as one failure. */
export function vitestCounts(report, code) {
  const data = read(report)
  if (!data) return broken
  const tests = data.testResults.flatMap((file) => file.assertionResults)
  const unloaded = data.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  )
  const failed = tests.filter((test) => test.status === 'failed').length + unloaded.length
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: tests
      .filter((test) => !['passed', 'failed'].includes(test.status))
      .map((test) => ({ title: test.fullName, reason: '' })),
  }
}

/** Counts of a Playwright JSON report. A test that passed only at a retry is named: it hides something. */
export function playwrightCounts(report, code) {
  const data = read(report)
  if (!data) return broken
  const skipped = []
  /** Tests that ran, by the shell that they ran on. */
  const shells = new Map()
  const visit = (suite, path) => {
    for (const spec of suite.specs ?? []) {
      for (const { projectName, status } of spec.tests) {
        const shell = [...path, spec.title].join(' ').includes('[real electron]')
          ? 'Electron itself'
          : projectName
        shells.set(shell, (shells.get(shell) ?? 0) + (status === 'skipped' ? 0 : 1))
      }
      for (const _ of spec.tests.filter(({ status }) => status === 'flaky')) {
        console.log(`passed only at a retry: ${[...path, spec.title].join(' > ')}`)
      }
      for (const test of spec.tests.filter(({ status }) => status === 'skipped')) {
        const reason = test.annotations.find(({ type }) => type === 'skip')?.description ?? ''
        skipped.push({ title: [...path, spec.title].join(' > '), reason })
      }
    }
    for (const child of suite.suites ?? []) visit(child, [...path, child.title])
  }
  for (const suite of data.suites) visit(suite, [suite.title])
  for (const [shell, ran] of shells) console.log(`ran on ${shell}: ${ran === 0 ? 'nothing' : `${ran} tests`}`)
  const failed = data.stats.unexpected + data.errors.length
  return {
    passed: data.stats.expected + data.stats.flaky,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped,
  }
}
