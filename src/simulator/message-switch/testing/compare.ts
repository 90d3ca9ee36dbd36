import { decodeByteString, type ByteString } from '@engine/formats/message-switch'
import type { RecordedMessage } from './recordings'

const times = /"(time|current_time|next_transfer_expected|processing_time)":[\d.e+-]+/g

/** A body without its times. */
export const timeless = (body: ByteString): ByteString => body.replace(times, '"$1":T')

/** An answer without its times; their digits change the length, of which only whether it is right remains. */
export function comparable({ head, body }: Pick<RecordedMessage, 'head' | 'body'>): {
  head: string
  body: string
} {
  const length = head.endsWith(`\r\ncontent-length: ${body.length}`) ? 'right' : 'wrong'
  return {
    head: head.replace(/content-length: \d+/, `content-length: ${length}`),
    body: decodeByteString(timeless(body)),
  }
}
