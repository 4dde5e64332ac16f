// Comparing pictures, with the browser's own eyes: Node knows no PNG.

/**
 * How many pixels of two pictures of the same size differ, and the colours of the
 * first in the middle and low on the left: { differ, of, middle: [r, g, b], corner }.
 */
export function compare(page, a, b = a) {
  return page.evaluate(async ([a, b]) => {
    const pixels = async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(picture.width, picture.height)
      const pen = canvas.getContext('2d')
      pen.drawImage(picture, 0, 0)
      return pen.getImageData(0, 0, picture.width, picture.height)
    }
    const [one, other] = [await pixels(a), await pixels(b)]
    if (one.width !== other.width || one.height !== other.height) return { differ: Infinity, of: 0, middle: [] }
    let differ = 0
    for (let i = 0; i < one.data.length; i += 4) {
      // What smoothing does to an edge is no difference.
      const far = Math.max(...[0, 1, 2].map((c) => Math.abs(one.data[i + c] - other.data[i + c])))
      if (far > 64) differ++
    }
    const at = 4 * (Math.floor(one.height / 2) * one.width + Math.floor(one.width / 2))
    const low = 4 * ((one.height - 3) * one.width + 2)
    return { differ, of: one.width * one.height, middle: [...one.data.slice(at, at + 3)], corner: [...one.data.slice(low, low + 3)] }
  }, [a, b].map((picture) => picture.toString('base64')))
}
