use super::*;
use std::borrow::Cow;

fn body(message: &[u8]) -> Result<String, HttpError> {
    let body = parse_response(message)?.into_body(10_000)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

#[test]
fn heads_are_read_leniently() {
    let response = parse_response(b"HTTP/1.1  404\ncontent-type:text/html;charset=euc-kr\nbad line\n\nno").unwrap();
    assert_eq!((response.status, response.content_type.as_deref()), (404, Some("text/html;charset=euc-kr")));
    for wrong in ["", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 20\r\n\r\n"] {
        assert_eq!(parse_response(wrong.as_bytes()), Err(HttpError::NoStatus), "{wrong}");
    }
}

#[test]
fn chunks_are_joined_as_far_as_they_go() {
    let chunked = |body: &str| body_of("Transfer-Encoding: chunked", body.as_bytes());
    assert_eq!(chunked("6;x=1\r\n모이\r\n3\r\n다\r\n0\r\n\r\n"), Ok("모이다".to_owned()));
    assert_eq!(chunked("6\r\n모이\r\n"), Ok("모이".to_owned()));
    assert_eq!(chunked("ff\r\n모이"), Ok("모이".to_owned()));
    assert_eq!(chunked("6\r\n모이\r\n<p>나머지"), Ok("모이<p>나머지".to_owned()));
    assert_eq!(chunked("<p>이미 풀린 글</p>"), Ok("<p>이미 풀린 글</p>".to_owned()));
    assert_eq!(chunked("ffffffffffffffff\r\n모이"), Ok("ffffffffffffffff\r\n모이".to_owned()));
}

fn body_of(header: &str, body: &[u8]) -> Result<String, HttpError> {
    super::messages::body(&[format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").as_bytes(), body].concat())
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::brotli::CompressorWriter::new(Vec::new(), 4096, 3, 22);
    encoder.write_all(bytes).unwrap();
    encoder.into_inner()
}

#[test]
fn content_codings_are_taken_off() {
    let text = "봄이 오면 산에 들에 진달래 핀다고 누가 적어 두었다.";
    let deflate = |zlib: bool| {
        let mut out = Vec::with_capacity(1000);
        let mut compress = flate2::Compress::new(Compression::default(), zlib);
        compress.compress_vec(text.as_bytes(), &mut out, flate2::FlushCompress::Finish).unwrap();
        out
    };
    let bodies = [
        ("gzip", gzip(text.as_bytes())),
        ("x-gzip", gzip(text.as_bytes())),
        ("deflate", deflate(true)),
        ("deflate", deflate(false)),
        ("zstd", zstd(text.as_bytes())),
        ("br", brotli(text.as_bytes())),
        ("gzip", text.as_bytes().to_vec()),
        ("br", text.as_bytes().to_vec()),
        ("identity", text.as_bytes().to_vec()),
    ];
    for (coding, body) in bodies {
        assert_eq!(body_of(&format!("Content-Encoding: {coding}"), &body).as_deref(), Ok(text), "{coding}");
    }
    let (unknown, broken) = (b"\x01\x02\x03\x04", b"\x1b\x02\x00\xf8");
    assert_eq!(body_of("Content-Encoding: exi", unknown), Err(HttpError::Coding("exi".to_owned())));
    assert_eq!(body_of("Content-Encoding: br", broken), Err(HttpError::Broken("br")));
    let twice = gzip(&brotli(text.as_bytes()));
    assert_eq!(body_of("Content-Encoding: br, gzip", &twice).as_deref(), Ok(text));
    let thrice_more = gzip(&gzip(&gzip(&gzip(text.as_bytes()))));
    assert!(matches!(body_of("Content-Encoding: gzip, gzip,gzip, gzip", &thrice_more), Err(HttpError::Coding(_))));
    let cut = gzip(text.repeat(50).as_bytes());
    assert!(body_of("Content-Encoding: gzip", &cut[..cut.len() - 12]).unwrap().starts_with("봄이 오면"));
}

#[test]
fn a_bomb_is_told_by_its_size_and_not_by_its_smoke() {
    let bomb = vec![b'a'; 100 << 20];
    for (coding, body) in [("gzip", gzip(&bomb)), ("zstd", zstd(&bomb)), ("br", brotli(&bomb))] {
        assert_eq!(body_of(&format!("Content-Encoding: {coding}"), &body), Err(HttpError::TooLong(10_000)), "{coding}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_a_decoder_panic(body in prop::collection::vec(any::<u8>(), 0..200), coding in 0..6usize) {
        let coding = ["gzip", "deflate", "zstd", "br", "x-gzip", ""][coding];
        let _ = decode_content(Cow::Owned(body.clone()), coding, 1000);
        let _ = body_of("Transfer-Encoding: chunked", &body);
    }
}
