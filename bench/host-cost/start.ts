import { createServer } from 'node:http'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { startUntil, stop } from '../support/process'
import type { BenchResult } from '../support/result'

const runs = 5
const arguments_ = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const system = '/usr/bin/chromium'

/** From the browser's launch to the first live chart, against its launch to the first frame of an empty page. */
export async function measureStart(): Promise<BenchResult[]> {
  const bare: number[] = []
  const console_: number[] = []
  const blank = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><p id="ready">x</p>'),
  )
  await new Promise<void>((resolve) => blank.listen(0, '127.0.0.1', resolve))
  const address = blank.address()
  const blankUrl = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`
  const started = performance.now()
  const shell = await startUntil('node', ['out/node/web.js', '--no-open', '--port', '0'], /Console: (\S+)/)
  const listening = performance.now() - started
  const urls = freshUrls(shell.child)
  let url = shell.match[1] ?? ''
  try {
    for (let run = 0; run < runs; run++) {
      bare.push(await timeToPaint(blankUrl, '#ready'))
      console_.push(await timeToPaint(url, 'section:has(h2:text-is("CPU")) .time-chart[data-drawn]'))
      url = await urls()
    }
  } finally {
    blank.close()
    await stop(shell.child)
  }
  const ratio = median(console_) / median(bare)
  return [
    { figure: 'from start to the printed address', value: listening, unit: 'ms' },
    { figure: 'browser launch to the first frame of an empty page', value: median(bare), unit: 'ms' },
    { figure: 'browser launch to the first live chart', value: median(console_), unit: 'ms' },
    {
      figure: 'first live chart / first frame',
      value: ratio,
      unit: 'x',
      peer: 'the bare browser',
      aim: '<= 1.3',
      met: ratio <= 1.3,
    },
  ]
}

async function timeToPaint(url: string, selector: string): Promise<number> {
  const started = performance.now()
  const browser = await chromium.launch({
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: arguments_,
  })
  try {
    const page = await browser.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    await page.waitForSelector(selector)
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    return performance.now() - started
  } finally {
    await browser.close()
  }
}

/** A fresh address of the console each time it is asked, as for a person who presses Enter. */
function freshUrls(child: {
  stdin: NodeJS.WritableStream | null
  stdout: NodeJS.ReadableStream | null
}): () => Promise<string> {
  return () =>
    new Promise((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) =>
        resolve(/Console: (\S+)/.exec(chunk.toString())?.[1] ?? ''),
      )
      child.stdin?.write('\n')
    })
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
