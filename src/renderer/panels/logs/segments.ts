import { readAnsi, type StyledText } from './ansi'

/** Cuts runs where a term stands, so that it can be marked in all of them; `term` is plain text. */
export function markTerm(runs: readonly StyledText[], term: string | null): readonly StyledText[] {
  if (term === null || term === '') return runs
  return runs.flatMap((run) => {
    const parts: StyledText[] = []
    let from = 0
    for (let at = run.text.indexOf(term); at >= 0; at = run.text.indexOf(term, from)) {
      if (at > from) parts.push({ text: run.text.slice(from, at), style: run.style })
      parts.push({ text: term, style: `${run.style} term`.trim() })
      from = at + term.length
    }
    if (from < run.text.length) parts.push({ text: run.text.slice(from), style: run.style })
    return parts
  })
}

/** `xapi: [debug||12 |VM.start R:5f3a|xapi] ` or `sshd[12]: `: who says it, before what is said. */
const speaker = /^[\w./@-]{1,64}(?:\[\d+\])?: (?:\[[^\]]{0,300}\] )?/

/** Sets the head of a line apart from its message. */
export function withSpeaker(runs: readonly StyledText[]): readonly StyledText[] {
  const [first, ...others] = runs
  if (first?.style !== '') return runs
  const [head] = speaker.exec(first.text) ?? []
  if (head === undefined) return runs
  const message = first.text.slice(head.length)
  return [
    { text: head, style: 'speaker' },
    ...(message === '' ? [] : [{ text: message, style: '' }]),
    ...others,
  ]
}

/** Writes runs into an element: one text node where they are plain. */
export function writeRuns(element: HTMLElement, runs: readonly StyledText[]): void {
  const [only] = runs
  if (runs.length <= 1 && (only?.style ?? '') === '') {
    if (element.childNodes.length !== 1 || element.firstChild?.nodeType !== Node.TEXT_NODE)
      element.replaceChildren('')
    if (element.firstChild) element.firstChild.nodeValue = only?.text ?? ''
    return
  }
  element.replaceChildren(
    ...runs.map(({ text, style }) => {
      if (style === '') return text
      const span = document.createElement('span')
      span.className = style
      span.textContent = text
      return span
    }),
  )
}

export const runsOf = (text: string, term: string | null): readonly StyledText[] =>
  markTerm(readAnsi(text), term)
