import type { MessageContent, MessageEvent, QueueState } from '../message-sink'

/**
 * A bus that is started again numbers its messages from the beginning: after each restart they are called by the run
 * that they belong to, so that none is taken for one of before.
 */
const named = (run: number, message: string): string => `${run}/${message}`

export const ofRun = (run: number, event: MessageEvent): MessageEvent => ({
  ...event,
  message: named(run, event.message),
  content: event.content && contentOfRun(run, event.content),
})

export const queueOfRun = (run: number, state: QueueState): QueueState => ({
  ...state,
  waiting: state.waiting.map((waiting) => ({
    ...waiting,
    message: named(run, waiting.message),
    content: contentOfRun(run, waiting.content),
  })),
})

const contentOfRun = (run: number, content: MessageContent): MessageContent =>
  content.answers === null
    ? content
    : { ...content, answers: { ...content.answers, message: named(run, content.answers.message) } }
