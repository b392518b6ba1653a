/** Raises the limit of open files and tells it. */

import { raiseDescriptorLimit } from "../../lib/os/limits.ts";

const { soft, hard } = raiseDescriptorLimit();
console.log(`${soft} ${hard}`);
