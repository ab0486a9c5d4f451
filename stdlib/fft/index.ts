/** `fft` of "glim": Fourier transforms. Complex numbers are records of two tensors, `real` and `imag`. */

export { type FftNorm, type FftOptions, fft, hfft, ifft, ihfft, irfft, rfft } from "./one-axis.ts";
export {
  type Fft2Options,
  type FftnOptions,
  fft2,
  fftfreq,
  fftn,
  fftshift,
  hfftn,
  ifft2,
  ifftn,
  ifftshift,
  irfft2,
  irfftn,
  rfft2,
  rfftfreq,
  rfftn,
} from "./several-axes.ts";
export { type IstftOptions, istft, type StftOptions, stft } from "./short-time.ts";
export type { Complex } from "./transform.ts";
