import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

/** The rules of docs/architecture.md are only as good as the lint that holds them: each is broken here once. */
const eslint = new ESLint()

async function rulesBrokenBy(file: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: file })
  return (result?.messages ?? []).map(({ ruleId }) => ruleId)
}

const direction = 'import-x/no-restricted-paths'
const restricted = 'no-restricted-imports'
const component = (script: string, template = '<p />'): string =>
  `<script setup lang="ts">\n${script}\n</script>\n\n<template>\n  ${template}\n</template>\n`

const violations: [what: string, file: string, code: string, rule: string][] = [
  ['shared reaches into the engine', 'src/shared/errors.ts', "export * from '../engine/notifier'", direction],
  ['shared uses Node', 'src/shared/errors.ts', "export * from 'node:fs'", restricted],
  ['shared uses Vue', 'src/shared/errors.ts', "export { ref } from 'vue'", restricted],
  ['the engine uses electron', 'src/engine/notifier.ts', "export * from 'electron'", restricted],
  [
    'the engine uses ssh2 outside of its transport',
    'src/engine/notifier.ts',
    "export * from 'ssh2'",
    restricted,
  ],
  ['the engine knows its shell', 'src/engine/notifier.ts', "export * from '../web/shell'", direction],
  ['a pure store does I/O', 'src/engine/series/derive.ts', "export * from 'node:fs'", restricted],
  [
    'a pure store knows a source',
    'src/engine/series/derive.ts',
    "export * from '../sources/registry'",
    direction,
  ],
  [
    'a source knows a store',
    'src/engine/sources/linux/index.ts',
    "export * from '../../series/ring'",
    direction,
  ],
  [
    'a source knows one transport',
    'src/engine/sources/linux/index.ts',
    "export * from '../../transports/local'",
    direction,
  ],
  [
    'a transport knows a source',
    'src/engine/transports/local/index.ts',
    "export * from '../../sources/linux'",
    direction,
  ],
  ['the desktop serves HTTP', 'src/main/log.ts', "export * from '../server/serve-static'", direction],
  ['a shell passes by the door', 'src/web/shell.ts', "export * from '../engine/series/ring'", direction],
  [
    'the renderer knows the engine',
    'src/renderer/stores/time.ts',
    "export * from '../../engine/notifier'",
    direction,
  ],
  ['the renderer uses Node', 'src/renderer/stores/time.ts', "export * from 'node:fs'", restricted],
  ['echarts outside of charts', 'src/renderer/stores/time.ts', "export * from 'echarts/core'", restricted],
  [
    'a store opens a connection',
    'src/renderer/stores/time.ts',
    "export const socket = new WebSocket('ws://x')",
    'no-restricted-globals',
  ],
  ['a store knows a view', 'src/renderer/stores/time.ts', "export * from '../views/registry'", direction],
  [
    'a ui component knows a store',
    'src/renderer/ui/Panel.vue',
    component("import '../stores/time'"),
    direction,
  ],
  // The contract imports errors already.
  ['a cycle', 'src/shared/errors.ts', "export * from './contract'", 'import-x/no-cycle'],
  ['any', 'src/engine/notifier.ts', 'export const value: any = 1', '@typescript-eslint/no-explicit-any'],
  [
    'a promise nobody waits for',
    'src/engine/notifier.ts',
    'export const go = (): void => {\n  Promise.resolve(1)\n}',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'a cast that silences the compiler',
    'src/engine/notifier.ts',
    'export const n = (x: unknown): number => x as number',
    '@typescript-eslint/no-unsafe-type-assertion',
  ],
  [
    'certificates not verified',
    'src/engine/notifier.ts',
    'export const options = { rejectUnauthorized: false }',
    'no-restricted-syntax',
  ],
  [
    'a window without its sandbox',
    'src/engine/notifier.ts',
    'export const preferences = { sandbox: false }',
    'no-restricted-syntax',
  ],
  [
    'HTML from data',
    'src/renderer/ui/Panel.vue',
    component('const text = "x"', '<p v-html="text" />'),
    'vue/no-v-html',
  ],
  [
    'HTML from data, by hand',
    'src/renderer/stores/time.ts',
    "export const show = (e: Element): void => {\n  e.innerHTML = ''\n}",
    'no-restricted-syntax',
  ],
]

describe('directions and security rules', () => {
  it.each(violations)('%s', { timeout: 120_000 }, async (_, file, code, rule) => {
    expect(await rulesBrokenBy(file, code)).toContain(rule)
  })
})

describe('size budgets', () => {
  const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => /\.(ts|vue)$/.test(path) && !path.endsWith('.test.ts'))
  const sizes = sources
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .sort((a, b) => a.lines - b.lines)

  it('no source file is over 400 lines', () => {
    expect(sizes.filter(({ lines }) => lines > 400)).toEqual([])
  })

  it('the median source file has at most 80 lines', () => {
    expect(sizes[Math.floor(sizes.length / 2)]?.lines).toBeLessThanOrEqual(80)
  })
})
