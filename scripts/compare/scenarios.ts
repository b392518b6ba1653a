/** All that is compared. */

import type { Scenario } from "./scenario.ts";
import { access } from "./scenarios/access.ts";
import { cgi } from "./scenarios/cgi.ts";
import { content } from "./scenarios/content.ts";
import { directives } from "./scenarios/directives.ts";
import { limits } from "./scenarios/limits.ts";
import { naming } from "./scenarios/hosts.ts";

export const scenarios: readonly Scenario[] = [...content, ...access, ...cgi, ...naming, ...limits, ...directives];
