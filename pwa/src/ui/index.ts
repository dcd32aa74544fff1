/** The small shared pieces every screen is built from. */
export { BottomBar } from "./bottom-bar";
export { Button } from "./button";
export { Card } from "./card";
export { Chip, type ChipTone } from "./chip";
export { Dialog } from "./dialog";
export { EmptyState } from "./empty-state";
export { Icon, type IconName } from "./icon";
export { percent, Ring } from "./ring";
export { initials, Row } from "./row";
export { StatusLine } from "./status-line";
export { Hero, TopBar } from "./top-bar";
