/** boot: every bootable artifact is booted, and its userspace has to come up. */
import * as z from 'zod';
import { oneLine, sentenceLength } from '../../definition/text.ts';
import { ChosenPart, PartName } from '../chosen-part.ts';
import { OutputPath, type StageContract } from '../contract.ts';
import { mostMachines } from '../package/data.ts';

/** Signs of each sort on the serial console. */
const mostSigns = 50;

/** Characters of a sign's regular expression. */
const mostPatternLength = 500;

/** A regular expression of RE2's syntax, whose search takes a time that grows with the line, not beyond it. */
const SignPattern = z.string().min(1).max(mostPatternLength);

const sentence = z.string().max(sentenceLength);

/** Of what a guest is asked. */
const mostQuestions = 20;

/**
 * What a guest that is up is asked, and what it has to answer: a program with its arguments, run by root, and a regular
 * expression that a line of its output fits.
 */
export const GuestQuestion = z.strictObject({
  /** What the answer shows, such as "AppArmor enforces profiles". */
  what: sentence,
  command: z.array(oneLine).min(1).max(20),
  pattern: SignPattern,
  hint: sentence.optional(),
});
export type GuestQuestion = z.infer<typeof GuestQuestion>;

/** What a serial console says of success and failure; regular expressions, matched line by line without escapes. */
export const ConsoleSigns = z.strictObject({
  /** All must be seen; where the `check` finds `unit` active, that counts as well. */
  up: z.array(z.strictObject({ what: sentence, pattern: SignPattern, unit: oneLine.optional() })).max(mostSigns),
  /** Any of them fails the boot, with its code and message. */
  down: z
    .array(z.strictObject({ code: oneLine, message: sentence, pattern: SignPattern, hint: sentence.optional() }))
    .max(mostSigns),
  /** Whom else to ask, beyond the console: a part that is brought into the guest. Silence is no failure. */
  check: ChosenPart.optional(),
  /** Put to the guest by the `check`. */
  questions: z.array(GuestQuestion).max(mostQuestions).optional(),
});
export type ConsoleSigns = z.infer<typeof ConsoleSigns>;

export const BootParams = z.strictObject({
  /** What the images are booted on. */
  machine: ChosenPart,
  /** Others on which they have to come up as well. */
  alsoOn: z
    .array(ChosenPart)
    .max(mostMachines - 1)
    .optional(),
  memoryMiB: z.int().positive(),
  cpus: z.int().positive(),
  /** The machine has a screen, of which a picture is kept. */
  display: z.boolean(),
  /** Seconds of the guest's time, which is the host's only where KVM works. */
  timeoutSeconds: z.int().positive(),
  silenceSeconds: z.int().positive(),
  /** Seconds of the host's time: how long one boot may keep others waiting, however slow this host is. */
  wallSeconds: z.int().positive(),
  signs: ConsoleSigns,
  /** Words that the kernel's command line is to have; whoever is asked in the guest tells it. */
  words: z.array(z.string()).optional(),
});
export type BootParams = z.infer<typeof BootParams>;

/** How one boot went; or what was found where nothing here can start the machine, and the image was looked through. */
const BootAccount = {
  /** null: it was not booted, and is as the machine's maker documents it. */
  bootable: z.boolean().nullable(),
  /** Of what was not booted: that, and what was done in place of it, as a sentence without its dot. */
  note: sentence.optional(),
  /** From the start to the last sign of being up, or to the failure, in the guest's time. */
  seconds: z.number().nonnegative(),
  /** From the start to the verdict, in the host's time. */
  wallSeconds: z.number().nonnegative().optional(),
  /** The recorded console, below the stage's output; absent where nothing was booted. */
  console: OutputPath.optional(),
  /** The picture of the screen (PNG) at the time of the verdict, where there was one to take. */
  screen: OutputPath.optional(),
  accelerator: z.enum(['kvm', 'tcg']).optional(),
};

/** Of one artifact. `bootable`: on every machine that it was tried on; the rest is of the first that it is not bootable on, else of the first that was not booted, else of the first. */
export const BootVerdict = z.strictObject({
  artifact: OutputPath,
  ...BootAccount,
  /** The boots on other machines. */
  others: z
    .array(z.strictObject({ machine: PartName, ...BootAccount }))
    .max(mostMachines - 1)
    .optional(),
});
export type BootVerdict = z.infer<typeof BootVerdict>;

export const BootData = z.strictObject({ verdicts: z.array(BootVerdict) });
export type BootData = z.infer<typeof BootData>;
/** Where the stage leaves its data in its output folder when it fails, for an image that did not boot has a verdict too. */
export const bootVerdictsFile = 'verdicts.json';

export const bootContract = { stage: 'boot', params: BootParams, data: BootData } as const satisfies StageContract;
