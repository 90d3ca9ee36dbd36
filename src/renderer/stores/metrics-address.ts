import { defineStore } from 'pinia'
import { watch } from 'vue'
import { useComparison } from './metrics-comparison'
import { formatMetricsLink, parseMetricsLink } from './metrics-link'
import { useHosts } from './hosts'
import { useRoute } from './route'
import { useTime } from './time'

/** Keeps what is compared, and the range while it is paused, in the address, and takes them from there. */
export const useMetricsAddress = defineStore('metrics-address', () => {
  const comparison = useComparison()
  const hosts = useHosts()
  const route = useRoute()
  const time = useTime()
  /** What this window wrote or took over; anything else there is a person's. */
  let known = ''

  const written = (): string =>
    formatMetricsLink({
      series: comparison.series,
      each: comparison.each,
      range: time.paused ? time.range : null,
    })

  function take(text: string): void {
    if (text === '') return
    const link = parseMetricsLink(text)
    if (link.series.length > 0) {
      comparison.set(link.series)
      comparison.showEach(link.each)
    }
    if (link.range) time.zoom(link.range)
    else time.resume()
  }

  // The clock of a range is that of the host: before it is known which one is looked at, there is none.
  watch(
    () => [hosts.selectedId, route.current.view, route.current.rest, written()] as const,
    ([host, view, rest]) => {
      if (host === null || view !== 'metrics') return
      if (rest !== known) take(rest)
      known = written()
      if (known !== rest) route.replace({ rest: known })
    },
    { immediate: true },
  )
})
