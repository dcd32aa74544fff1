/** Reading the activation QR with the phone's own reader, where it has one. */
import { secretIn } from '../session/session'

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type DetectorClass = new (options: { formats: string[] }) => Detector

function detectorClass(): DetectorClass | undefined {
  return (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
}

/** True where scanning can work: a reader, a camera, and a secure context. */
export function canScan(): boolean {
  return detectorClass() !== undefined && typeof navigator.mediaDevices?.getUserMedia === 'function'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Shows the camera in `video` until a QR is read or `signal` stops it. Gives the secret, or null when stopped. Raises when the camera is refused. */
export async function scan(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const detector = new (detectorClass()!)({ formats: ['qr_code'] })
  try {
    video.srcObject = stream
    await video.play()
    while (!signal.aborted) {
      const found = await detector.detect(video).catch(() => [])
      if (found[0]) return secretIn(found[0].rawValue)
      await pause(200)
    }
    return null
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}
