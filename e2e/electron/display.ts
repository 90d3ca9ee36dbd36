import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Download, Page, Route } from '@playwright/test'
import { decodeText, encodeText, isRecord, type Message } from './text-codec'

/** The desktop's only address, as Chromium sees it and as the application does. */
const scheme = 'app://console'
const world = 'preload'

interface Answers {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

const source = (name: string): string => readFileSync(join(import.meta.dirname, 'double', name), 'utf8')

/** One window of the application, shown in a page of the test's browser. */
interface Shown {
  readonly page: Page
  readonly session: CDPSession
  /** Isolated worlds of this page's frames: context -> its frame and origin. */
  readonly worlds: Map<number, { readonly top: boolean; readonly origin: string }>
  main: number | null
  readonly ports: Set<number>
}

/**
 * Plays the screen for the test double of Electron: serves `app://` on one https origin of its own, runs the preload
 * in an isolated world, and passes on what the window and the application send each other.
 */
export class Display {
  readonly origin = `https://console-${randomBytes(4).toString('hex')}.test`
  /** Each hears of every binary frame that the engine sends the window. */
  readonly frameListeners = new Set<(frame: Uint8Array) => void>()
  readonly records: { what: string; details: unknown[] }[] = []
  readonly #application: ChildProcess
  readonly #context: BrowserContext
  readonly #answers = new Map<number, (value: unknown) => void>()
  #lastRequest = 0
  #window: { id: number; preload: string } | null = null
  #loaded: (() => void)[] = []
  #shown: Shown | null = null
  preferences: Record<string, unknown> = {}

  constructor(application: ChildProcess, context: BrowserContext) {
    this.#application = application
    this.#context = context
    application.once('exit', () => {
      for (const answer of this.#answers.values()) answer(null)
    })
    application.on('message', (message) => {
      if (isRecord(message)) void this.#receive(message)
    })
  }

  /** Resolves when the application has loaded its page into its window; the address to look at it. */
  async address(): Promise<string> {
    if (!this.#window) await new Promise<void>((resolve) => this.#loaded.push(resolve))
    await this.#context.route('**/*', this.#route)
    // Before it navigates: a page whose navigation is held answers nothing.
    await this.#show(this.#context.pages()[0] ?? (await this.#context.waitForEvent('page')))
    return `${this.origin}/`
  }

  /** Something that happens outside of the application. */
  tell(message: Message): void {
    if (this.#application.connected)
      this.#application.send({ id: this.#window?.id, ...message }, () => undefined)
  }

  /** As `tell`, for what the application decides. */
  ask(message: Message): Promise<unknown> {
    const request = ++this.#lastRequest
    return new Promise((resolve) => {
      this.#answers.set(request, resolve)
      this.tell({ ...message, request })
    })
  }

  recorded(what: string): unknown[][] {
    return this.records.filter((record) => record.what === what).map(({ details }) => details)
  }

  /** Files that a person would drop: the page sees their names, the preload their paths. */
  async drop(paths: readonly string[]): Promise<void> {
    await this.#evaluate(`__double_paths(${JSON.stringify(paths)})`)
    const names = paths.map((path) => path.split('/').at(-1) ?? '')
    await this.#shown?.page.evaluate((given) => {
      const transfer = new DataTransfer()
      for (const name of given) transfer.items.add(new File(['x'], name))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    }, names)
  }

  /** Runs in the preload's world: what a page cannot reach. */
  async #evaluate(expression: string): Promise<void> {
    const { session, main } = this.#shown ?? { main: null }
    if (!session || main === null) return
    await session.send('Runtime.evaluate', { expression, contextId: main }).catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.#context.unroute('**/*', this.#route).catch(() => undefined)
    await this.#shown?.session.detach().catch(() => undefined)
    this.#shown = null
  }

  readonly #route = async (route: Route): Promise<void> => {
    const request = route.request()
    const url = request.url().startsWith(this.origin)
      ? scheme + request.url().slice(this.origin.length)
      : request.url()
    const navigation = request.isNavigationRequest()
    const isMainFrame = navigation && request.frame().parentFrame() === null
    if (navigation && (await this.ask({ type: 'navigate', url, isMainFrame })) !== true) {
      await route.abort('aborted').catch(() => undefined)
      return
    }
    const answer = await this.ask({ type: 'request', url, method: request.method() })
    if (!isAnswer(answer)) await route.abort('blockedbyclient').catch(() => undefined)
    else await route.fulfill({ ...answer, body: Buffer.from(answer.body) }).catch(() => undefined)
  }

  async #show(page: Page): Promise<void> {
    if (this.#shown?.page === page || !this.#window) return
    await this.#shown?.session.detach().catch(() => undefined)
    const session = await this.#context.newCDPSession(page)
    const shown: Shown = { page, session, worlds: new Map(), main: null, ports: new Set() }
    this.#shown = shown
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== world) return
      const top = page.mainFrame().url() === 'about:blank' || this.#isTop(context.auxData)
      shown.worlds.set(context.id, { top, origin: context.origin })
      if (top) shown.main = context.id
    })
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      this.#worldGone(executionContextId),
    )
    session.on('Runtime.executionContextsCleared', () => {
      for (const id of [...shown.worlds.keys()]) this.#worldGone(id)
    })
    session.on('Runtime.bindingCalled', ({ payload, executionContextId }) =>
      this.#said(payload, executionContextId),
    )
    await session.send('Page.enable')
    await session.send('Runtime.enable')
    await session.send('Runtime.addBinding', { name: '__double_send', executionContextName: world })
    const { frameTree } = await session.send('Page.getFrameTree')
    this.#topFrame = frameTree.frame.id
    const bridge = `double-${randomBytes(8).toString('hex')}`
    const named = (text: string): string => text.replaceAll('%BRIDGE%', bridge)
    const only = (text: string): string =>
      `if (location.origin === ${JSON.stringify(this.origin)} && window === window.top) {\n${text}\n}`
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: only(named(source('page.js'))) })
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      worldName: world,
      source: only(
        `${named(source('world.js'))}\n;(() => {\n${readFileSync(this.#window.preload, 'utf8')}\n})()`,
      ),
    })
    page.on('domcontentloaded', () => this.tell({ type: 'loaded' }))
    page.on('download', (download) => void this.#save(download))
    page.on('crash', () => this.tell({ type: 'gone', reason: 'crashed' }))
  }

  /** What the application would have the system's dialog say; a download that it refuses is none. */
  async #save(download: Download): Promise<void> {
    const url = download.url().replace(`blob:${this.origin}`, `blob:${scheme}`)
    const dialog = await this.ask({ type: 'download', url, name: download.suggestedFilename() })
    if (dialog === null) await download.cancel()
    else this.records.push({ what: 'save-dialog', details: [dialog] })
  }

  #topFrame = ''

  #isTop(auxData: unknown): boolean {
    return isRecord(auxData) && auxData['frameId'] === this.#topFrame
  }

  #worldGone(id: number): void {
    const shown = this.#shown
    if (!shown?.worlds.delete(id) || shown.main !== id) return
    shown.main = null
    // A page that goes takes its ports with it.
    for (const port of shown.ports) this.tell({ type: 'port-close', port })
    shown.ports.clear()
  }

  #said(payload: string, context: number): void {
    const shown = this.#shown
    const from = shown?.worlds.get(context)
    const message = decodeText(payload)
    if (!shown || !from || !isRecord(message)) return
    if (message['type'] === 'port-close') shown.ports.delete(Number(message['port']))
    if (message['type'] !== 'ipc') {
      this.tell({ ...message, type: String(message['type']) })
      return
    }
    const origin = from.origin === this.origin ? scheme : from.origin
    this.tell({ ...message, type: 'ipc', frame: { origin, parent: from.top ? null : {} } })
  }

  async #receive(message: Record<string, unknown>): Promise<void> {
    switch (message['type']) {
      case 'window':
        this.#window = { id: Number(message['id']), preload: String(message['preload']) }
        if (isRecord(message['preferences'])) this.preferences = message['preferences']
        return
      case 'load':
        for (const resolve of this.#loaded.splice(0)) resolve()
        // Later ones load what is shown already: after a crash.
        if (this.#shown) await this.#shown.page.goto(`${this.origin}/`).catch(() => undefined)
        return
      case 'answer':
        this.#answers.get(Number(message['request']))?.(message['value'])
        this.#answers.delete(Number(message['request']))
        return
      case 'record':
        this.records.push({
          what: String(message['what']),
          details: Array.isArray(message['details']) ? message['details'] : [],
        })
        return
      case 'send':
        for (const port of Array.isArray(message['ports']) ? message['ports'] : []) {
          this.#shown?.ports.add(Number(port))
        }
        this.records.push({ what: 'told', details: [message['channel'], message['args']] })
        return this.#toWorld(message)
      case 'port-message': {
        const { data } = message
        if (data instanceof Uint8Array) for (const listener of this.frameListeners) listener(data)
        return this.#toWorld(message)
      }
      case 'port-close':
        this.#shown?.ports.delete(Number(message['port']))
        return this.#toWorld(message)
      case 'crash':
        this.tell({ type: 'gone', reason: 'killed' })
        return
      default:
    }
  }

  /** Chromium keeps the order of these. */
  #toWorld(message: Record<string, unknown>): Promise<void> {
    return this.#evaluate(`__double_receive(${JSON.stringify(encodeText(message))})`)
  }
}

const isAnswer = (value: unknown): value is Answers =>
  isRecord(value) && typeof value['status'] === 'number' && value['body'] instanceof Uint8Array
