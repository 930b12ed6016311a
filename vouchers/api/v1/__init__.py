"""One file per resource: input serializer, output serializer and view together."""
