/**
 * What each parameter does, in the user's language. The English is the kernel's; a parameter that is not here is told as the kernel tells it.
 */

import type { ITexts } from '../../host';
import type { IOption } from '../../protocol';

export function optionText(option: IOption, trans: ITexts): string {
  switch (option.name) {
    case 'num_ctx':
      return trans.__('Context length in tokens; 0 lets the engine choose (4096, at most what the model was trained for).');
    case 'num_batch':
      return trans.__('Prompt tokens evaluated in one step.');
    case 'num_gpu':
      return trans.__('Layers to put on the GPU; -1 chooses, 0 uses the CPU only.');
    case 'main_gpu':
      return trans.__('The GPU that holds small tensors when several are used.');
    case 'use_mmap':
      return trans.__('Map the model file into memory instead of reading it.');
    case 'num_thread':
      return trans.__('CPU threads; 0 uses all physical cores (one to decode with a model below 32 MB).');
    case 'draft_num_predict':
      return trans.__('Tokens guessed ahead by the model of DRAFT; 0 does without it.');
    case 'prompt_lookup':
      return trans.__('Tokens guessed ahead where the text repeats what was there before; 0 is off.');
    case 'num_keep':
      return trans.__('Tokens kept at the head when the context is shifted.');
    case 'seed':
      return trans.__('Seed of the sampler; -1 is a new one for each answer. The same one repeats an answer made alone; several at once round.');
    case 'num_predict':
      return trans.__('At most this many new tokens; -1 until the model ends by itself, -2 until the context is full.');
    case 'top_k':
      return trans.__('Sample among the k most probable tokens; 0 is off.');
    case 'top_p':
      return trans.__('Sample among the most probable tokens that together reach probability p; 1 is off.');
    case 'min_p':
      return trans.__('Drop tokens less probable than p times the most probable one; 0 is off.');
    case 'typical_p':
      return trans.__('Locally typical sampling: keep tokens close to the expected surprise; 1 is off.');
    case 'tfs_z':
      return trans.__('Tail-free sampling: cut the flat tail of the distribution; 1 is off.');
    case 'repeat_last_n':
      return trans.__('Tokens looked back for repetition; 0 is off, -1 the whole context.');
    case 'temperature':
      return trans.__('0 takes the most probable token, higher is more varied.');
    case 'repeat_penalty':
      return trans.__('Divides the logits of tokens seen lately; 1 is off.');
    case 'presence_penalty':
      return trans.__('Subtracted from the logit of every token seen lately.');
    case 'frequency_penalty':
      return trans.__('Subtracted once for each time a token was seen lately.');
    case 'penalize_newline':
      return trans.__('Whether newlines are penalized as repetitions too.');
    case 'mirostat':
      return trans.__('Mirostat sampling: 0 off, 1 or 2 the version.');
    case 'mirostat_tau':
      return trans.__('Mirostat: the surprise aimed at, in bits.');
    case 'mirostat_eta':
      return trans.__('Mirostat: how fast it corrects.');
    case 'adapter_scale':
      return trans.__("How much the model's LoRA adapters count; 1 is as they were made, 0 leaves them out.");
    case 'stop':
      return trans.__('Text that ends the answer; may be given several times.');
    default:
      return option.text;
  }
}
