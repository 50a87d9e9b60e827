/**
 * What each type that weights can be stored in is good for, in the user's language. The English is the kernel's; a type that is not here
 * is told as the kernel tells it.
 */

import type { ITexts } from '../../host';
import type { IQuantization } from '../../protocol';

export function quantizationText({ name, text }: IQuantization, trans: ITexts): string {
  switch (name) {
    case 'q2_K':
      return trans.__('2 bits with scales: smallest, clearly worse answers');
    case 'q3_K_S':
      return trans.__('3 bits, small');
    case 'q3_K_M':
      return trans.__('3 bits, some tensors with more');
    case 'q3_K_L':
      return trans.__('3 bits, many tensors with more');
    case 'iq4_xs':
      return trans.__('4 bits on a curve, smaller than q4_K_S: slow to make, slower to run on a processor');
    case 'iq4_nl':
      return trans.__('4 bits on a curve, in the blocks of q4_0: slow to make');
    case 'q4_0':
      return trans.__('4 bits, plain: fastest to make');
    case 'q4_1':
      return trans.__('4 bits, plain with an offset');
    case 'q4_K_S':
      return trans.__('4 bits, small');
    case 'q4_K_M':
      return trans.__('4 bits, some tensors with more: the usual choice');
    case 'q5_0':
      return trans.__('5 bits, plain');
    case 'q5_1':
      return trans.__('5 bits, plain with an offset');
    case 'q5_K_S':
      return trans.__('5 bits, small');
    case 'q5_K_M':
      return trans.__('5 bits, some tensors with more: very near the original');
    case 'q6_K':
      return trans.__('6 bits: hardly to be told from the original');
    case 'q8_0':
      return trans.__('8 bits: as good as the original at half of its size');
    case 'f16':
      return trans.__('16 bit floats, not quantized');
    case 'bf16':
      return trans.__('bfloat16, not quantized: the range of F32, slower than F16 on most processors');
    case 'f32':
      return trans.__('32 bit floats, not quantized');
    default:
      return text;
  }
}
