# The main job of the demo at the edge. The override gives the county's services the story's clock, which stands on a day of the past.
act_story() {
    say "the story of the demo at the published edge: tokens, TLS, the principal leader from a browser, the city above"
    down
    local exchange=$work/exchange one city player
    rm -rf "$exchange" && mkdir -p "$exchange" && chmod 755 "$exchange"
    city=$(ip -4 -oneline address show docker0 | sed 's/.*inet \([0-9.]*\).*/\1/')
    settle_env OFFICE_NAME=沙河县政府办公室 "SUPERIOR_URL=http://$city:18500" SUPERIOR_TOKEN_FILE=/secrets/shared/superior.jwt
    compose run --rm -T secrets
    take_secrets
    drive story "$exchange" >"$work/story.log" 2>&1 & player=$!
    for _ in $(seq 60); do [[ -s $exchange/superior.jwt ]] && break; sleep 1; done
    docker run --rm --volume huiying-test_secrets-shared:/secrets/shared --volume "$exchange:/exchange:ro" --entrypoint cp huiying \
        /exchange/service.jwt /exchange/superior.jwt /secrets/shared/
    CLOCK=$exchange EXTRA=$root/tests/containers/clock.yaml up
    for one in "${services[@]}"; do printf '"%s": "%s:7700"\n' "$one" "$(address_of "$one")"; done | paste -sd, | sed 's/.*/{&}/' >"$exchange/services.new"
    mv "$exchange/services.new" "$exchange/services.json"
    wait $player || { tail -30 "$work/story.log"; exit 1; }
    tail -1 "$work/story.log"
    down
    settle_env
}
