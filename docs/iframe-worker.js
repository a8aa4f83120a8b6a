// Opened from the disk, a page may start no worker, which the search needs: a hidden frame takes its place there.
// What the theme would load from another machine for that is not asked for, because this file bears its name.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      const inside = frame.contentWindow
      window.addEventListener("message", event => {
        if (event.source !== inside) return
        this.dispatchEvent(new MessageEvent("message", { data: event.data }))
        this.onmessage?.(event)
      })
      inside.postMessage = data => window.dispatchEvent(new MessageEvent("message", { data, source: inside }))
      inside.importScripts = (...urls) => urls.reduce((before, source) => before.then(() => load(inside, source)), Promise.resolve())
      this.inside = inside
      this.ready = load(inside, url)
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })))
    }

    terminate() {
      this.inside.frameElement.remove()
    }
  }
}

function load(inside, source) {
  return new Promise((resolve, reject) => {
    const script = inside.document.createElement("script")
    script.src = source
    script.onload = resolve
    script.onerror = () => reject(new Error(`${source} could not be loaded`))
    inside.document.body.append(script)
  })
}
