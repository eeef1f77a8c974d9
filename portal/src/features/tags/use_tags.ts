import { useQuery } from "@tanstack/react-query";
import { listCustomTags } from "../../api/calls";
import type { ListQuery } from "../../api/parameters";
import type { CarriedTag, CustomTag } from "../../api/types";
import { accountKey } from "../../live/keys";

// The tags of an account, for those who see the whole of it; others see them where they are carried.
export function useTags(sa: string, seesWhole: boolean) {
  return useQuery({
    queryKey: accountKey(sa, "custom_tags"),
    queryFn: () => listCustomTags(sa),
    enabled: seesWhole,
  });
}

// A tag, or one of its values, as one word: the choice in a list, and the filter in the address of a page.
export const tagWord = (custom_tag_id: string, value?: string) =>
  value === undefined ? custom_tag_id : `${custom_tag_id}=${value}`;

export function ofTagWord(word: string): { custom_tag_id: string; value?: string } {
  const at = word.indexOf("=");
  return at < 0 ? { custom_tag_id: word } : { custom_tag_id: word.slice(0, at), value: word.slice(at + 1) };
}

export const tagText = (tag: CarriedTag) => (tag.value === undefined ? tag.name : `${tag.name}: ${tag.value}`);

// Every tag, each followed by its values.
export function tagOptions(tags: readonly CustomTag[]) {
  return tags.flatMap(({ custom_tag_id, name, values }) => [
    { value: tagWord(custom_tag_id), label: name },
    ...values.map((value) => ({ value: tagWord(custom_tag_id, value), label: `${name}: ${value}` })),
  ]);
}

// The list's filter "tag" in the words of the API.
export function withTagFilter({ tag, ...query }: ListQuery): ListQuery {
  if (tag === undefined) return query;
  const { custom_tag_id, value } = ofTagWord(tag);
  return { ...query, custom_tag_id, ...(value === undefined ? {} : { tag_value: value }) };
}
