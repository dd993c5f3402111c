//! A wire between two houses that fails as told: a small proxy on a port of its own.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp},
    sync::watch,
};

/// HEADERS, with which an answer begins (RFC 9113, 6.2).
const HEADERS: u8 = 1;

/// Carries requests, and cuts the connection when the first answer is on its way back, once. Settings and acknowledgements
/// of the connection itself pass.
pub async fn that_loses_the_first_answer(to: &str) -> String {
    let (listener, address, to) = listen(to).await;
    tokio::spawn(async move {
        let (mut client, mut server) = meet(&listener, &to).await;
        let (mut from_client, to_client) = client.split();
        let (from_server, mut to_server) = server.split();
        tokio::select! {
            _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
            () = until_an_answer(from_server, to_client) => {}
        }
        drop((client, server));
        loop {
            let (mut client, mut server) = meet(&listener, &to).await;
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    address
}

/// Cuts every connection at once until the door is opened.
pub async fn that_is_closed(to: &str) -> (String, watch::Sender<bool>) {
    let (listener, address, to) = listen(to).await;
    let (door, open) = watch::channel(false);
    tokio::spawn(async move {
        loop {
            let (mut client, mut server) = meet(&listener, &to).await;
            if *open.borrow() {
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
            }
        }
    });
    (address, door)
}

async fn listen(to: &str) -> (TcpListener, String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address, to.trim_start_matches("http://").to_owned())
}

async fn meet(listener: &TcpListener, to: &str) -> (TcpStream, TcpStream) {
    let (client, _) = listener.accept().await.unwrap();
    (client, TcpStream::connect(to).await.unwrap())
}

/// Passes HTTP/2 frames on, until one begins an answer.
async fn until_an_answer(mut from: tcp::ReadHalf<'_>, mut to: tcp::WriteHalf<'_>) {
    loop {
        let mut head = [0; 9];
        from.read_exact(&mut head).await.unwrap();
        if head[3] == HEADERS {
            return;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut frame = vec![0; usize::try_from(length).unwrap()];
        from.read_exact(&mut frame).await.unwrap();
        to.write_all(&head).await.unwrap();
        to.write_all(&frame).await.unwrap();
    }
}

/// Takes requests, and answers nothing.
pub async fn that_never_answers() -> String {
    let (listener, address, _) = listen("").await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await.unwrap());
        }
    });
    address
}
