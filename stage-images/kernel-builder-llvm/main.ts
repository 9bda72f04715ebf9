/** The kernel-builder's program, in an image with other compilers. */
import '../kernel-builder/main.ts';
