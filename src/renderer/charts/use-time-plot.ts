import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { PlotGeometry } from './geometry'
import type * as plots from './plot'
import { chartTheme } from './theme'
import { useDrawing } from './use-drawing'

let loaded: typeof plots | null = null
let loading: Promise<void> | null = null

/** ECharts takes long to evaluate: it is fetched once, when the first chart is on screen. */
function loadPlots(): Promise<void> {
  loading ??= import('./plot').then(
    (module) => {
      loaded = module
    },
    (error: unknown) => {
      loading = null
      throw error
    },
  )
  return loading
}

/** The plot of a chart component: made when first drawn, disposed with the component. */
export function useTimePlot(
  host: Readonly<ShallowRef<HTMLElement | null>>,
  input: () => plots.PlotInput,
  drawn: (geometry: PlotGeometry) => void,
): {
  geometry: Readonly<ShallowRef<PlotGeometry | null>>
  failed: Readonly<Ref<boolean>>
  request: () => void
} {
  const geometry = shallowRef<PlotGeometry | null>(null)
  const failed = ref(false)
  let plot: plots.TimePlot | null = null
  let ratio = 0
  let gone = false

  const request = useDrawing(host, false, (size) => {
    // A chart in a box without room would get a canvas of nothing.
    if (size.width < 1 || size.height < 1 || !host.value) return
    if (!loaded) {
      load()
      return
    }
    // Another zoom or another screen: a canvas keeps the resolution that it was made for.
    if (plot && ratio !== devicePixelRatio) {
      plot.dispose()
      plot = null
    }
    ratio = devicePixelRatio
    plot ??= new loaded.TimePlot(host.value, size)
    geometry.value = plot.draw(input(), chartTheme(), size)
    drawn(geometry.value)
  })

  /** Many charts wait for the one load: each is made in a frame of its own, when it is drawn. */
  function load(): void {
    loadPlots().then(
      () => {
        failed.value = false
        if (!gone) request()
      },
      () => (failed.value = true),
    )
  }

  onBeforeUnmount(() => {
    gone = true
    plot?.dispose()
    plot = null
  })
  return { geometry, failed, request }
}
