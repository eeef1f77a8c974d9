import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { CarriedTag } from "../../api/types";
import { OrDash } from "../../ui/resource_table";
import { tagText } from "./use_tags";

export function CarriedTags({ tags }: { tags: CarriedTag[] }) {
  if (tags.length === 0) return <OrDash />;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {tags.map((tag) => (
        <Badge key={tag.custom_tag_id} color="blue">
          {tagText(tag)}
        </Badge>
      ))}
    </SpaceBetween>
  );
}
